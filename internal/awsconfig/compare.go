package awsconfig

import "slices"

// mark is what diff -u has in front of a line.
type mark byte

const (
	kept    mark = ' '
	removed mark = '-'
	added   mark = '+'
)

// diffLine is a line of a comparison. old and now are its indexes on either
// side; where it is on one side alone, the other's is that of the line below.
type diffLine struct {
	mark     mark
	old, now int
}

// maxTable is the number of pairs of lines that are compared each with each.
// 500 lines on either side, without one that is unique, are no config file.
const maxTable = 250_000

// compare returns how now came from old: patience diff, which holds on to the
// lines that are there once on either side. In a config file those are the
// headers, so that a removed section is shown as one, and not as pieces of it
// and of its neighbour with the same settings.
func compare(old, now []string) []diffLine {
	c := comparison{old: old, now: now}
	c.compare(0, len(old), 0, len(now))
	return c.lines
}

type comparison struct {
	old, now []string
	lines    []diffLine
}

// compare appends the lines from i to iEnd and from j to jEnd.
func (c *comparison) compare(i, iEnd, j, jEnd int) {
	for i < iEnd && j < jEnd && c.old[i] == c.now[j] {
		c.keep(i, j)
		i, j = i+1, j+1
	}
	same := 0
	for i < iEnd-same && j < jEnd-same && c.old[iEnd-same-1] == c.now[jEnd-same-1] {
		same++
	}
	if pairs := c.anchors(i, iEnd-same, j, jEnd-same); len(pairs) > 0 {
		for _, p := range pairs {
			c.compare(i, p[0], j, p[1])
			c.keep(p[0], p[1])
			i, j = p[0]+1, p[1]+1
		}
		c.compare(i, iEnd-same, j, jEnd-same)
	} else {
		c.replace(i, iEnd-same, j, jEnd-same)
	}
	for n := same; n > 0; n-- {
		c.keep(iEnd-n, jEnd-n)
	}
}

func (c *comparison) keep(i, j int) { c.lines = append(c.lines, diffLine{kept, i, j}) }

// replace appends lines of which none is unique: with the longest sequence that
// is common to both kept, or none where there are too many of them.
func (c *comparison) replace(i, iEnd, j, jEnd int) {
	width := jEnd - j + 1
	var common []int // the length of that sequence, from each pair of lines on
	if (iEnd-i+1)*width <= maxTable {
		common = make([]int, (iEnd-i+1)*width)
		for a := iEnd - 1; a >= i; a-- {
			for b := jEnd - 1; b >= j; b-- {
				at := (a-i)*width + b - j
				common[at] = max(common[at+width], common[at+1])
				if c.old[a] == c.now[b] {
					common[at] = 1 + common[at+width+1]
				}
			}
		}
	}
	for a, b := i, j; a < iEnd || b < jEnd; {
		at := (a-i)*width + b - j
		switch {
		case common != nil && a < iEnd && b < jEnd && c.old[a] == c.now[b]:
			c.keep(a, b)
			a, b = a+1, b+1
		case b == jEnd || a < iEnd && (common == nil || common[at+width] >= common[at+1]):
			c.lines = append(c.lines, diffLine{removed, a, b})
			a++
		default:
			c.lines = append(c.lines, diffLine{added, a, b})
			b++
		}
	}
}

// anchors returns the lines that are there once on either side, in as far as
// they are in the same order: the longest such sequence.
func (c *comparison) anchors(i, iEnd, j, jEnd int) (pairs [][2]int) {
	type places struct{ old, now, olds, nows int }
	found := map[string]places{}
	for a := i; a < iEnd; a++ {
		p := found[c.old[a]]
		p.old, p.olds = a, p.olds+1
		found[c.old[a]] = p
	}
	for b := j; b < jEnd; b++ {
		p := found[c.now[b]]
		p.now, p.nows = b, p.nows+1
		found[c.now[b]] = p
	}
	for a := i; a < iEnd; a++ {
		if p := found[c.old[a]]; p.olds == 1 && p.nows == 1 {
			pairs = append(pairs, [2]int{a, p.now})
		}
	}
	return rising(pairs)
}

// rising returns the longest sequence of pairs whose second numbers rise, as
// their first do: patience sorting.
func rising(pairs [][2]int) [][2]int {
	var piles []int                  // the index of each pile's top
	below := make([]int, len(pairs)) // what was the top of the pile to the left
	for i, p := range pairs {
		n, _ := slices.BinarySearchFunc(piles, p[1], func(top, now int) int { return pairs[top][1] - now })
		below[i] = -1
		if n > 0 {
			below[i] = piles[n-1]
		}
		piles = append(piles[:n], append([]int{i}, piles[min(n+1, len(piles)):]...)...)
	}
	if len(piles) == 0 {
		return nil
	}
	var sequence [][2]int
	for i := piles[len(piles)-1]; i >= 0; i = below[i] {
		sequence = append(sequence, pairs[i])
	}
	slices.Reverse(sequence)
	return sequence
}
