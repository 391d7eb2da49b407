package mfa

import (
	"errors"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/secret"
)

// maxOutput is how many bytes of a program's output are kept: a code with its
// line break is 7.
const maxOutput = 4096

// codeIn returns the code that is all of the output but white space round it.
// Otherwise the error says what came instead, in numbers and kinds: the output
// may be another secret.
func codeIn(o *child.Output) (secret.String, error) {
	if o.Exceeded() {
		return secret.String{}, fmt.Errorf("it printed more than %d bytes", maxOutput)
	}
	if o.Total() == 0 {
		return secret.String{}, errors.New("it printed nothing")
	}
	if digits, err := ParseCode(string(o.Bytes())); err == nil {
		return digits, nil
	}
	return secret.String{}, fmt.Errorf("it printed %s (%s)", count(o.Total(), "byte"), kinds(o.Bytes()))
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
