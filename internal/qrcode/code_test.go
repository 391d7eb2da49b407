package qrcode_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"

	"github.com/awsmint/awsmint/internal/qrcode"
	"github.com/awsmint/awsmint/internal/secret"
)

const seedURL = "otpauth://totp/AWS:alice@111122223333?secret=QABLZLCKEG6WTVYGMRNI33LXM5VFYR6YLLVEVLNTN7MIUHSW4CFUNGSADFEHWBJR&issuer=AWS"

func newCode(t *testing.T, text string) qrcode.Code {
	t.Helper()
	code, err := qrcode.New(secret.New(text))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func picture(t *testing.T, text string) image.Image {
	t.Helper()
	data, err := newCode(t, text).PNG()
	if err != nil {
		t.Fatal(err)
	}
	p, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// byAnother reads a code with somebody else's reader.
func byAnother(t *testing.T, p image.Image) string {
	t.Helper()
	b, err := gozxing.NewBinaryBitmapFromImage(p)
	if err != nil {
		t.Fatal(err)
	}
	result, err := zxing.NewQRCodeReader().Decode(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}

func TestAnotherReaderReadsThePicture(t *testing.T) {
	if got := byAnother(t, picture(t, seedURL)); got != seedURL {
		t.Errorf("read %q", got)
	}
}

// What stands on the screen is read by a camera: here the half blocks are drawn
// as it sees them.
func TestAnotherReaderReadsTheScreen(t *testing.T) {
	for name, darkOnLight := range map[string]bool{"dark on light": true, "light on dark": false} {
		t.Run(name, func(t *testing.T) {
			code := newCode(t, seedURL)
			lines := code.HalfBlocks(darkOnLight)
			if len(lines) > 23 {
				t.Errorf("%d lines: it does not fit on a terminal of 24", len(lines))
			}
			const pixels = 6
			ink, ground := color.Gray{0}, color.Gray{255}
			if !darkOnLight {
				ink, ground = ground, ink
			}
			screen := image.NewGray(image.Rect(0, 0, (code.Columns()+8)*pixels, (2*len(lines)+8)*pixels))
			for i := range screen.Pix {
				screen.Pix[i] = 255 // the border that a reader wants, and a person sees to
			}
			for y, line := range lines {
				if n := utf8.RuneCountInString(line); n != code.Columns() {
					t.Fatalf("line %d has %d columns, want %d", y, n, code.Columns())
				}
				for x, r := range []rune(line) {
					for half, drawn := range []bool{strings.ContainsRune("█▀", r), strings.ContainsRune("█▄", r)} {
						shade := ground
						if drawn {
							shade = ink
						}
						if y == len(lines)-1 && half == 1 {
							continue // below the code
						}
						for i := range pixels * pixels {
							screen.SetGray((x+4)*pixels+i%pixels, (2*y+half+4)*pixels+i/pixels, shade)
						}
					}
				}
			}
			if got := byAnother(t, screen); got != seedURL {
				t.Errorf("read %q", got)
			}
		})
	}
}

func TestATextThatIsTooLong(t *testing.T) {
	_, err := qrcode.New(secret.New(strings.Repeat("secret", 1000)))
	if err == nil || !strings.Contains(err.Error(), "6000 bytes") || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

// asPNG is a picture as it lies in a file.
func asPNG(t *testing.T, p image.Image) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func wantText(t *testing.T, r *bytes.Reader, want string) {
	t.Helper()
	got, err := qrcode.Read(r)
	if err != nil || got.Reveal() != want {
		t.Errorf("%v, read %q, want %q", err, got.Reveal(), want)
	}
}

func TestReadsWhatItWrites(t *testing.T) {
	for _, text := range []string{
		seedURL, "12345678", "1234567", "123456", "0", "HELLO WORLD", "HELLO WORLD.", "a", "Größe",
		strings.Repeat("long and dull ", 60), strings.Repeat("A1", 400), strings.Repeat("907", 300),
	} {
		wantText(t, asPNG(t, picture(t, text)), text)
	}
}

// Other programs write other versions, levels and masks.
func TestReadsWhatAnotherProgramWrites(t *testing.T) {
	for _, level := range []string{"L", "M", "Q", "H"} {
		for _, text := range []string{seedURL, "otpauth", strings.Repeat("x", 300), "0123456789012345678901234567890"} {
			hints := map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_ERROR_CORRECTION: level, gozxing.EncodeHintType_CHARACTER_SET: "UTF-8"}
			matrix, err := zxing.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 500, 500, hints)
			if err != nil {
				t.Fatal(err)
			}
			wantText(t, asPNG(t, matrix), text)
		}
	}
}

// onPage puts a code on a screenshot: on grey, between text and squares, turned
// and sized.
func onPage(p image.Image, degrees, size float64) image.Image {
	page := image.NewGray(image.Rect(0, 0, 1200, 900))
	for i := range page.Pix {
		page.Pix[i] = 235
	}
	for x := range 600 { // dark squares and stripes
		for y := range 40 {
			if x/12%2 == 0 {
				page.SetGray(20+x, 20+y, color.Gray{40})
			}
		}
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	half := float64(p.Bounds().Dx()) / 2
	for x := range 1200 {
		for y := range 900 {
			dx, dy := (float64(x)-600)/size, (float64(y)-480)/size
			px, py := int(cos*dx+sin*dy+half), int(-sin*dx+cos*dy+half)
			if px >= 0 && py >= 0 && px < p.Bounds().Dx() && py < p.Bounds().Dy() {
				page.Set(x, y, p.At(px, py))
			}
		}
	}
	return page
}

func TestReadsScreenshots(t *testing.T) {
	for _, c := range []struct{ degrees, size float64 }{
		{0, 0.6}, {0, 1}, {0, 1.37}, {3, 1}, {-7, 0.6}, {90, 1}, {180, 0.8}, {270, 1}, {20, 1}, {45, 1.2},
	} {
		p := onPage(picture(t, seedURL), c.degrees, c.size)
		got, err := qrcode.Read(asPNG(t, p))
		if err != nil || got.Reveal() != seedURL {
			t.Errorf("turned by %v degrees, %v times the size: %v", c.degrees, c.size, err)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, onPage(picture(t, seedURL), 0, 1), &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	wantText(t, bytes.NewReader(b.Bytes()), seedURL)
}

func TestWhatHoldsNoCode(t *testing.T) {
	whole := picture(t, seedURL)
	damaged := image.NewGray(whole.Bounds())
	for x := range damaged.Rect.Dx() {
		for y := range damaged.Rect.Dy() {
			damaged.Set(x, y, whole.At(x, y))
		}
	}
	for x := range 40 {
		for y := range 40 {
			damaged.SetGray(200+x, 200+y, color.Gray{0})
		}
	}
	for name, c := range map[string]struct {
		data *bytes.Reader
		want error
	}{
		"no picture":              {bytes.NewReader([]byte(seedURL)), qrcode.ErrNotAPicture},
		"an empty file":           {bytes.NewReader(nil), qrcode.ErrNotAPicture},
		"a blank page":            {asPNG(t, image.NewGray(image.Rect(0, 0, 100, 100))), qrcode.ErrNoCode},
		"one pixel":               {asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1))), qrcode.ErrNoCode},
		"a stained one":           {asPNG(t, damaged), qrcode.ErrNoCode},
		"a page of stripes alone": {asPNG(t, onPage(image.NewGray(image.Rect(0, 0, 1, 1)), 0, 1)), qrcode.ErrNoCode},
		"a picture that is cut short": {bytes.NewReader(func() []byte {
			data, _ := newCode(t, seedURL).PNG()
			return data[:len(data)/2]
		}()), qrcode.ErrNotAPicture},
	} {
		if text, err := qrcode.Read(c.data); err != c.want || !text.IsZero() {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	code, err := qrcode.New(secret.New("seed"))
	if err != nil {
		f.Fatal(err)
	}
	data, err := code.PNG()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := qrcode.Read(bytes.NewReader(data)); err == nil && text.IsZero() {
			t.Error("an empty text without an error")
		}
	})
}
