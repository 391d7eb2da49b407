package awsconfig

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/awsmint/awsmint/internal/fault"
)

// checkWritable refuses a property that some SDK would not read back as it is.
// The value is not shown: it may be a secret.
func checkWritable(key, value string) error {
	if !validKey(key) {
		return fault.New(fault.Usage,
			fmt.Sprintf("%q can't be the name of a setting", key),
			"use letters, digits, '_', '-' and '.' only")
	}
	why := ""
	switch {
	case value == "":
		why = "it is empty"
	case !utf8.ValidString(value):
		why = "it is not UTF-8"
	case strings.ContainsFunc(value, isControl):
		why = "it has a line break or another control character in it"
	case strings.TrimSpace(value) != value:
		why = "it begins or ends with a space"
	case cutComment(" "+value) != " "+value:
		why = "the # or ; with a space before it would begin a comment"
	case unquote(strings.ToLower(key), value) != value, value == `"`, value == "'":
		// A lone quote makes the Go SDK (internal/ini v1.8.4) panic.
		why = "the quotes round it would be taken off"
	default:
		return nil
	}
	return fault.New(fault.Usage,
		fmt.Sprintf("the value for %q can't be written to a config file: %s", key, why),
		"give another value")
}

// isControl reports whether r breaks lines, for any SDK's idea of a line, or
// is another control character; a tab is none.
func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\t' || r == '\u2028' || r == '\u2029'
}

// validKey reports whether every SDK takes key for that of a property: ':'
// would end it for botocore and the Go SDK, a bracket begin a header.
func validKey(key string) bool { return validName(key) && !strings.ContainsAny(key, "@+%:/") }
