package format

import (
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// plainMarks are the characters beside letters and digits that no shell and no
// reader of lines takes for anything but themselves. With '=', for which see
// isPlain, they suffice for all that AWS hands out (keys and tokens are
// base64), for regions, times and the addresses of endpoints.
const plainMarks = "/+_.,:@[]-"

// isPlain reports whether every shell takes value as it is, without quotes.
// zsh replaces "=ls" by the path of ls, at the start of a value and after ':'.
func isPlain(value string) bool {
	for i, c := range []byte(value) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte(plainMarks, c) >= 0:
		case c == '=' && i > 0 && value[i-1] != ':':
		default:
			return false
		}
	}
	return true
}

// isName reports whether name can be that of a variable in every shell.
func isName(name string) bool {
	for i, c := range []byte(name) {
		switch {
		case c == '_', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', i > 0 && '0' <= c && c <= '9':
		default:
			return false
		}
	}
	return name != ""
}

func checkAll(vars []Variable) error {
	for _, variable := range vars {
		if !isName(variable.Name) {
			return fault.New(fault.Usage, fmt.Sprintf("%q can't be the name of a variable", variable.Name), "use letters, digits and '_'")
		}
		if !isPlain(variable.Value.Reveal()) {
			return fault.New(fault.Failure,
				fmt.Sprintf("the value of %s has a character that a shell might act upon; nothing was printed", variable.Name),
				"no value from AWS has one, so see where this comes from; `awsmint exec` hands any value to a program as it is")
		}
	}
	return nil
}
