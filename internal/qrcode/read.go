package qrcode

import (
	"errors"
	"image"
	_ "image/jpeg" // a format that is read
	_ "image/png"  // another
	"io"

	"github.com/awsmint/awsmint/internal/secret"
)

// ErrNoCode says that a picture holds no QR code that can be read.
var ErrNoCode = errors.New("it holds no QR code that can be read")

// ErrNotAPicture says that a file is neither a PNG nor a JPEG.
var ErrNotAPicture = errors.New("it is not a PNG or JPEG picture")

// ErrTooLarge says that a picture is far larger than any screen.
var ErrTooLarge = errors.New("the picture is larger than 40 megapixels")

// maxPixels bounds the memory that a picture takes: more than a phone's camera
// has.
const maxPixels = 40_000_000

// Read returns the text of the QR code in a PNG or JPEG. It is for screenshots
// and files that programs write: a code that is sharp and flat, at any angle.
// Errors hold nothing of the picture.
func Read(r io.ReadSeeker) (secret.String, error) {
	size, _, err := image.DecodeConfig(r)
	if err != nil {
		return secret.String{}, ErrNotAPicture
	}
	if size.Width > maxPixels || size.Height > maxPixels || size.Width*size.Height > maxPixels {
		return secret.String{}, ErrTooLarge
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return secret.String{}, err
	}
	picture, _, err := image.Decode(r)
	if err != nil {
		return secret.String{}, ErrNotAPicture
	}
	return read(newBitmap(picture))
}

func read(b *bitmap) (secret.String, error) {
	for _, c := range corners(b.finders()) {
		for _, side := range c.sides() {
			if text, ok := decode(c.sample(b, side)); ok {
				return text, nil
			}
		}
	}
	return secret.String{}, ErrNoCode
}

// bitmap is a picture in two colours.
type bitmap struct {
	width, height int
	dark          []bool
}

func (b *bitmap) at(x, y int) bool {
	return x >= 0 && x < b.width && y >= 0 && y < b.height && b.dark[y*b.width+x]
}

// newBitmap cuts between the darkest and the lightest of a picture. What is
// transparent is light.
func newBitmap(picture image.Image) *bitmap {
	bounds := picture.Bounds()
	b := &bitmap{width: bounds.Dx(), height: bounds.Dy()}
	grey := make([]uint32, b.width*b.height)
	least, most := uint32(0xffff), uint32(0)
	for y := range b.height {
		for x := range b.width {
			red, green, blue, alpha := picture.At(bounds.Min.X+x, bounds.Min.Y+y).RGBA()
			// The weights are those of image/color's grey.
			light := (299*red+587*green+114*blue)/1000 + 0xffff - alpha
			grey[y*b.width+x] = light
			least, most = min(least, light), max(most, light)
		}
	}
	b.dark = make([]bool, len(grey))
	for i, light := range grey {
		b.dark[i] = light < (least+most)/2
	}
	return b
}
