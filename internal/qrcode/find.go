package qrcode

import (
	"cmp"
	"math"
	"slices"
)

// A QR code has in three of its corners a finder: a dark square of three
// modules in a light and a dark frame. Any line through its middle goes through
// dark, light, dark, light, dark in the proportions 1:1:3:1:1.
// https://www.iso.org/standard/83389.html (5.3.2)

// point is a place in a picture, in pixels.
type point struct{ x, y float64 }

func (p point) minus(q point) point   { return point{p.x - q.x, p.y - q.y} }
func (p point) length() float64       { return math.Hypot(p.x, p.y) }
func (p point) cross(q point) float64 { return p.x*q.y - p.y*q.x }

// finder is the middle of what looks like one.
type finder struct {
	point
	module float64 // the side of a module along a row
	seen   float64 // in how many rows
}

// maxFinders bounds the search where a picture is full of squares.
const maxFinders = 24

// finders are those of a picture, the ones that most rows go through first.
func (b *bitmap) finders() (all []finder) {
	for y := range b.height {
		var runs [5]int
		for x := 0; x < b.width; {
			start := x
			for x < b.width && b.at(x, y) == b.at(start, y) {
				x++
			}
			copy(runs[:], runs[1:])
			runs[4] = x - start
			if b.at(start, y) {
				if f, ok := b.finderEndingAt(x, y, runs); ok {
					all = gather(all, f)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b finder) int { return cmp.Compare(b.seen, a.seen) })
	return all[:min(len(all), maxFinders)]
}

// finderEndingAt looks whether the runs that end before x are those of a
// finder, and those of the column through their middle are too.
func (b *bitmap) finderEndingAt(x, y int, runs [5]int) (finder, bool) {
	module, ok := proportioned(runs)
	if !ok {
		return finder{}, false
	}
	middle := x - runs[4] - runs[3] - (runs[2]+1)/2
	column, centre := b.column(middle, y)
	height, ok := proportioned(column)
	if !ok || height > 2*module || module > 2*height {
		return finder{}, false
	}
	left := float64(x-runs[4]-runs[3]) - float64(runs[2])/2
	return finder{point: point{left, centre}, module: module, seen: 1}, true
}

// column are the five runs of a column of which the third goes through y, and
// the middle of that one.
func (b *bitmap) column(x, y int) (runs [5]int, centre float64) {
	walk := func(step int) (lengths [3]int, end int) {
		at, dark := y, true
		for i := range lengths {
			for at >= 0 && at < b.height && b.at(x, at) == dark {
				lengths[i]++
				at += step
			}
			if i == 0 {
				end = at
			}
			dark = !dark
		}
		return lengths, end
	}
	up, top := walk(-1)
	down, bottom := walk(1)
	return [5]int{up[2], up[1], up[0] + down[0] - 1, down[1], down[2]}, float64(top+1+bottom) / 2
}

// proportioned reports whether runs are as 1:1:3:1:1, by half a module each,
// and how many pixels a module has.
func proportioned(runs [5]int) (module float64, ok bool) {
	total := 0
	for _, run := range runs {
		if run == 0 {
			return 0, false
		}
		total += run
	}
	module = float64(total) / 7
	for i, run := range runs {
		want := module
		if i == 2 {
			want = 3 * module
		}
		if math.Abs(float64(run)-want) > max(want/2, 1) {
			return 0, false
		}
	}
	return module, true
}

// gather adds a finder to those that other rows have shown.
func gather(all []finder, f finder) []finder {
	for i := range all {
		if known := &all[i]; known.minus(f.point).length() < 2*known.module {
			total := known.seen + 1
			known.x = (known.x*known.seen + f.x) / total
			known.y = (known.y*known.seen + f.y) / total
			known.module = (known.module*known.seen + f.module) / total
			known.seen = total
			return all
		}
	}
	return append(all, f)
}

// corner are three finders: of the corner that has one on either side, and
// these two.
type corner struct {
	origin, right, below point
	module               float64
}

// corners are the ways in which three finders can be those of a code: two sides
// of about the same length with a right angle between them.
func corners(all []finder) (found []corner) {
	for i, a := range all {
		for j, b := range all {
			for k, c := range all {
				if i == j || i == k || j >= k {
					continue
				}
				right, below := b, c
				if b.minus(a.point).cross(c.minus(a.point)) < 0 {
					right, below = c, b
				}
				side, other := right.minus(a.point), below.minus(a.point)
				lean := (side.x*other.x + side.y*other.y) / (side.length() * other.length())
				if math.Abs(lean) > 0.1 || math.Abs(side.length()/other.length()-1) > 0.1 {
					continue
				}
				found = append(found, corner{a.point, right.point, below.point, (a.module + b.module + c.module) / 3})
			}
		}
	}
	return found
}

// The smallest and the largest code, in modules a side.
const (
	leastSide = 21
	mostSide  = 177
)

// sides are how many modules a side the code may have, the likeliest first.
// Along a row of a code that is turned, a module is longer than its side.
func (c corner) sides() (all []int) {
	right := c.right.minus(c.origin)
	module := c.module * max(math.Abs(right.x), math.Abs(right.y)) / right.length()
	version := int(math.Round((right.length()/module + 7 - 17) / 4))
	for _, step := range []int{0, 1, -1, 2, -2} {
		if side := 17 + 4*(version+step); side >= leastSide && side <= mostSide {
			all = append(all, side)
		}
	}
	return all
}

// sample looks at the middle of each module. The finders' own middles are three
// and a half modules away from the edges.
func (c corner) sample(b *bitmap, side int) [][]bool {
	right, below := c.right.minus(c.origin), c.below.minus(c.origin)
	grid := make([][]bool, side)
	for y := range grid {
		grid[y] = make([]bool, side)
		for x := range grid[y] {
			u, v := float64(x-3)/float64(side-7), float64(y-3)/float64(side-7)
			grid[y][x] = b.at(int(c.origin.x+u*right.x+v*below.x), int(c.origin.y+u*right.y+v*below.y))
		}
	}
	return grid
}
