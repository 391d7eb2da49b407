package qrcode

import (
	"bytes"

	"rsc.io/qr/coding"
	"rsc.io/qr/gf256"

	"github.com/awsmint/awsmint/internal/secret"
)

// maxFlaws is how many of a code's 30 modules that tell its format may differ
// from those of a format; two formats differ in 14 at least.
const maxFlaws = 6

// decode reads the modules of a code. ok is false where there is an error in
// what they say: a seed that is a bit wrong is of no use, and a person who is
// told so takes a clearer picture.
func decode(grid [][]bool) (text secret.String, ok bool) {
	if !inTime(grid) {
		return secret.String{}, false
	}
	plan := planOf(grid)
	if plan == nil {
		return secret.String{}, false
	}
	data := make([]byte, plan.DataBytes+plan.CheckBytes)
	for y, row := range plan.Pixel {
		for x, pixel := range row {
			if role := pixel.Role(); role != coding.Data && role != coding.Check {
				continue
			}
			if grid[y][x] != (pixel&coding.Black != 0) {
				bit := pixel.Offset()
				data[bit/8] |= 0x80 >> (bit % 8)
			}
		}
	}
	if !intact(plan, data) {
		return secret.String{}, false
	}
	return message(data[:plan.DataBytes], plan.Version)
}

// inTime reports whether the modules between the finders alternate, as they do
// in every code, but for one in eight. A wrong guess is found out here at little
// cost.
func inTime(grid [][]bool) bool {
	const at, from = 6, 8 // the row and column, and where the finders end
	wrong := 0
	for i := from; i < len(grid)-from; i++ {
		for _, dark := range []bool{grid[at][i], grid[i][at]} {
			if dark != (i%2 == 0) {
				wrong++
			}
		}
	}
	return wrong <= len(grid)/8
}

// planOf finds the format of a code: its level of error correction and its
// mask.
func planOf(grid [][]bool) (best *coding.Plan) {
	least := maxFlaws + 1
	for level := coding.L; level <= coding.H; level++ {
		for mask := coding.Mask(0); mask < 8; mask++ {
			plan, err := coding.NewPlan(coding.Version((len(grid)-17)/4), level, mask)
			if err != nil {
				continue
			}
			if n := flaws(plan, grid); n < least {
				best, least = plan, n
			}
		}
	}
	return best
}

func flaws(plan *coding.Plan, grid [][]bool) (n int) {
	for y, row := range plan.Pixel {
		for x, pixel := range row {
			if pixel.Role() == coding.Format && grid[y][x] != (pixel&coding.Black != 0) {
				n++
			}
		}
	}
	return n
}

// intact reports whether the check bytes of each block are those of its data.
func intact(plan *coding.Plan, data []byte) bool {
	checkSize := plan.CheckBytes / plan.Blocks
	encoder := gf256.NewRSEncoder(coding.Field, checkSize)
	content, checks := data[:plan.DataBytes], data[plan.DataBytes:]
	want := make([]byte, checkSize)
	for i := range plan.Blocks {
		size := plan.DataBytes / plan.Blocks
		if i >= plan.Blocks-plan.DataBytes%plan.Blocks {
			size++ // the last blocks have the bytes that are left over
		}
		encoder.ECC(content[:size], want)
		if !bytes.Equal(want, checks[:checkSize]) {
			return false
		}
		content, checks = content[size:], checks[checkSize:]
	}
	return true
}

// The kinds of segments, and how many bits tell their lengths in codes up to
// version 9, 26 and 40.
// https://www.iso.org/standard/83389.html (7.4)
const (
	modeEnd      = 0
	modeNumber   = 1
	modeAlphabet = 2
	modeBytes    = 4
	modeCharset  = 7
)

var lengthBits = map[uint][3]int{
	modeNumber:   {10, 12, 14},
	modeAlphabet: {9, 11, 13},
	modeBytes:    {8, 16, 16},
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// message puts the segments together.
func message(data []byte, version coding.Version) (secret.String, bool) {
	class := 0
	if version > 9 {
		class++
	}
	if version > 26 {
		class++
	}
	in := &bits{data: data}
	var text []byte
	for in.left() >= 4 {
		mode := in.take(4)
		switch mode {
		case modeEnd:
			return secret.New(string(text)), len(text) > 0
		case modeCharset: // ASCII is the same in all of them
			in.take(8)
			continue
		}
		sizes, known := lengthBits[mode]
		if !known {
			return secret.String{}, false
		}
		for n := int(in.take(sizes[class])); n > 0 && !in.short; {
			n -= in.segment(mode, n, &text)
		}
		if in.short {
			return secret.String{}, false
		}
	}
	return secret.New(string(text)), len(text) > 0
}

// bits is read from its most significant end.
type bits struct {
	data  []byte
	at    int
	short bool // more was wanted than there is
}

func (b *bits) left() int { return 8*len(b.data) - b.at }

func (b *bits) take(n int) (value uint) {
	if b.left() < n {
		b.short = true
		return 0
	}
	for range n {
		value = value<<1 | uint(b.data[b.at/8]>>(7-b.at%8)&1)
		b.at++
	}
	return value
}

// segment reads the next group of a segment that has n characters left, and
// returns how many those were.
func (b *bits) segment(mode uint, n int, text *[]byte) int {
	switch mode {
	case modeBytes:
		*text = append(*text, byte(b.take(8)))
		return 1
	case modeAlphabet:
		if n == 1 {
			*text = append(*text, alphabet[min(b.take(6), uint(len(alphabet)-1))])
			return 1
		}
		pair := b.take(11)
		*text = append(*text, alphabet[min(pair/45, 44)], alphabet[pair%45])
		return 2
	}
	// Three digits are ten bits, two are seven, one is four.
	n = min(n, 3)
	number := b.take([]int{0, 4, 7, 10}[n])
	for scale := []uint{0, 1, 10, 100}[n]; scale > 0; scale /= 10 {
		*text = append(*text, '0'+byte(number/scale%10))
	}
	return n
}
