package mfa

import (
	"errors"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/secret"
)

// maxOutput is how many bytes of a program's output are kept: a code with its
// line break is 7. More is read, so that the program does not block, but
// dropped.
const maxOutput = 4096

// output collects what a program prints, up to maxOutput bytes.
type output struct {
	kept  []byte
	total int
}

func (o *output) Write(p []byte) (int, error) {
	o.total += len(p)
	o.kept = append(o.kept, p[:min(len(p), maxOutput-len(o.kept))]...)
	return len(p), nil
}

// code returns the code that is all of the output but white space round it.
// Otherwise the error says what came instead, in numbers and kinds: the output
// may be another secret.
func (o *output) code() (secret.String, error) {
	if o.total > maxOutput {
		return secret.String{}, fmt.Errorf("it printed more than %d bytes", maxOutput)
	}
	if o.total == 0 {
		return secret.String{}, errors.New("it printed nothing")
	}
	if digits, err := ParseCode(string(o.kept)); err == nil {
		return digits, nil
	}
	return secret.String{}, fmt.Errorf("it printed %s (%s)", count(o.total, "byte"), kinds(o.kept))
}

// kinds counts what text is made of.
func kinds(text []byte) string {
	var digits, letters, spaces, breaks, others int
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			letters++
		case c == ' ' || c == '\t':
			spaces++
		case c == '\n' || c == '\r':
			breaks++
		default:
			others++
		}
	}
	var parts []string
	for _, kind := range []struct {
		n    int
		name string
	}{{digits, "digit"}, {letters, "letter"}, {spaces, "space"}, {breaks, "line break"}, {others, "other"}} {
		if kind.n > 0 {
			parts = append(parts, count(kind.n, kind.name))
		}
	}
	return strings.Join(parts, ", ")
}

func count(n int, name string) string {
	if n != 1 {
		name += "s"
	}
	return fmt.Sprintf("%d %s", n, name)
}
