// Package qrcode draws QR codes on a terminal and as PNG files, and reads them
// out of clear pictures. The texts are secrets: an authenticator app's seed
// travels in them.
package qrcode

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"rsc.io/qr"

	"github.com/awsmint/awsmint/internal/secret"
)

// Code is a QR code: a square of dark and light modules.
type Code struct{ code *qr.Code }

// The widths in modules of the light border that readers need. The standard
// asks for four; phones do with two, which keeps a seed's code within 24 lines.
// https://www.iso.org/standard/83389.html
const (
	pictureBorder  = 4
	terminalBorder = 2
)

// scale is the side in pixels of a module in a picture.
const scale = 8

// New returns the code of a text. The lowest level of error correction gives
// the smallest code; a screen has no dirt to correct.
func New(text secret.String) (Code, error) {
	code, err := qr.Encode(text.Reveal(), qr.L)
	if err != nil {
		return Code{}, fmt.Errorf("a text of %d bytes does not fit into a QR code", text.Len())
	}
	return Code{code}, nil
}

// Columns is the width of HalfBlocks in columns.
func (c Code) Columns() int { return c.code.Size + 2*terminalBorder }

// HalfBlocks are the lines of the code for a terminal, two rows of modules in
// each. What is drawn is dark, for a terminal that writes dark on light, or
// light, for one that writes light on dark.
func (c Code) HalfBlocks(darkOnLight bool) (lines []string) {
	drawn := func(x, y int) bool { return c.code.Black(x, y) == darkOnLight }
	end := c.code.Size + terminalBorder
	for y := -terminalBorder; y < end; y += 2 {
		var line strings.Builder
		for x := -terminalBorder; x < end; x++ {
			// What lies below the last row is the terminal's own ground.
			above, below := drawn(x, y), y+1 < end && drawn(x, y+1)
			switch {
			case above && below:
				line.WriteRune('█')
			case above:
				line.WriteRune('▀')
			case below:
				line.WriteRune('▄')
			default:
				line.WriteByte(' ')
			}
		}
		lines = append(lines, line.String())
	}
	return lines
}

// PNG is the code as a picture.
func (c Code) PNG() ([]byte, error) {
	side := (c.code.Size + 2*pictureBorder) * scale
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			if c.code.Black(x/scale-pictureBorder, y/scale-pictureBorder) {
				picture.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	return b.Bytes(), err
}
