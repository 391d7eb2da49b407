//go:build unix

package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// theme is how a terminal shows what is printed without a colour.
type theme struct{ text, ground color.Gray }

var (
	darkTheme  = theme{color.Gray{0xd0}, color.Gray{0x10}}
	lightTheme = theme{color.Gray{0x20}, color.Gray{0xf5}}
)

// shownColours are what escape sequences say of colours; awsmint uses no others.
func (th theme) shownColours(escape string) (theme, bool) {
	switch escape {
	case "\x1b[38;5;16;48;5;231m":
		return theme{color.Gray{0}, color.Gray{0xff}}, true
	case "\x1b[0m":
		return th, true
	}
	return th, false
}

// photograph is the screen as a camera sees it. Letters are left out.
func photograph(t *testing.T, screen string, th theme) image.Image {
	t.Helper()
	const columns, side = 80, 5 // side in pixels of half a cell
	lines := strings.Split(screen, "\n")
	picture := image.NewGray(image.Rect(0, 0, columns*side, 2*len(lines)*side))
	fill := func(x, y int, shade color.Gray) {
		for i := range side * side {
			picture.SetGray(x*side+i%side, y*side+i/side, shade)
		}
	}
	now := th
	for y, line := range lines {
		x := 0
		for line = strings.TrimSuffix(line, "\r"); line != ""; {
			if end := strings.IndexByte(line, 'm'); line[0] == '\x1b' && end > 0 {
				next, known := th.shownColours(line[:end+1])
				if !known {
					t.Fatalf("an escape sequence that is not known: %q", line[:end+1])
				}
				now, line = next, line[end+1:]
				continue
			}
			r, size := utf8.DecodeRuneInString(line)
			line = line[size:]
			for half, drawn := range []bool{strings.ContainsRune("█▀", r), strings.ContainsRune("█▄", r)} {
				shade := now.ground
				if drawn {
					shade = now.text
				}
				fill(x, 2*y+half, shade)
			}
			x++
		}
		for ; x < columns; x++ {
			fill(x, 2*y, th.ground)
			fill(x, 2*y+1, th.ground)
		}
	}
	return picture
}

// seedOnScreen is the seed in a code that stands on a screen.
func seedOnScreen(t *testing.T, screen string, th theme) string {
	t.Helper()
	b, err := gozxing.NewBinaryBitmapFromImage(photograph(t, screen, th))
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(b, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("the code on the screen can't be read: %v\n%s", err, screen)
	}
	return seedIn(t, result.GetText())
}

// What stands on the terminal is scanned, by somebody else's program, whatever
// the terminal's own colours are, and the codes of that seed enable the device.
func TestTheCodeOnTheTerminalIsScanned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind, noColour string
		themes         []theme
	}{
		"in colour":     {"xterm-256color", "", []theme{darkTheme, lightTheme}},
		"NO_COLOR":      {"xterm-256color", "1", []theme{darkTheme}},
		"dumb terminal": {"dumb", "", []theme{darkTheme}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, _ := settledKey(t)
			l.Set("TERM", c.kind)
			l.Set("NO_COLOR", c.noColour)
			s := capture(t, l, l.Binary, "mfa", "enroll", "work", "--name", "phone")
			s.Expect("The code that the app shows: ")
			var seed string
			for _, th := range c.themes {
				seed = seedOnScreen(t, s.Screen(), th)
			}
			first, second := shows(t, seed, -1), shows(t, seed, 0)
			s.Type(first + "\n")
			s.Expect("The next one, within 30 s: ")
			s.Type(second + "\n")
			if r := s.result(t); r.Err != nil || !strings.Contains(r.Stdout, "MFA:     "+newDevice) {
				t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
			}
		})
	}
}

// A screenshot of a terminal serves mfa add.
func TestAScreenshotOfATerminal(t *testing.T) {
	t.Parallel()
	l, _ := settledKey(t)
	l.Set("TERM", "xterm-256color")
	s := capture(t, l, l.Binary, "mfa", "enroll", "work", "--name", "phone")
	s.Expect("The code that the app shows: ")
	var file bytes.Buffer
	if err := png.Encode(&file, photograph(t, s.Screen(), darkTheme)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "screen.png")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	seed := seedOnScreen(t, s.Screen(), darkTheme)
	first, second := shows(t, seed, -1), shows(t, seed, 0)
	s.Type(first + "\n")
	s.Expect("The next one, within 30 s: ")
	s.Type(second + "\n")
	if r := s.result(t); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	if r := l.Run("", "mfa", "add", "work", "--no-verify", "--qr", path); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	if r := l.Run("", "mfa", "code", "work"); r.Err != nil || !strings.Contains(shows(t, seed, -1)+shows(t, seed, 0)+shows(t, seed, 1), strings.TrimSpace(r.Stdout)) {
		t.Errorf("the code is another: %s", r.Stderr)
	}
}
