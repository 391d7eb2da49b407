// Package paste reads access keys from the texts in which people have them:
// what AWS's pages give to copy or to download, what the AWS CLI prints, and
// the lines of shells, .env files and config files.
//
// The form is told from the text. It never guesses: where a part of a key is
// missing, stands there twice with different values, or may have been broken
// by a line break, the error says so, by line and never by value. Whether the
// values are those of a key is another room's question.
package paste

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// Found is one access key, with what the text says of it. What it doesn't say
// is empty.
type Found struct {
	Profile         string // the name of its section, in the form of a config file
	AccessKeyID     string
	SecretAccessKey secret.String
	SessionToken    secret.String // of temporary keys
	Region          string        // AWS_REGION before AWS_DEFAULT_REGION
	MFASerial       string
	Expiration      time.Time // zero: not told
	UserName        string
	Line            int // where the key begins, counted from 1
}

// maxSize is the size in bytes of the largest text taken: 1 MiB, room for
// hundreds of session tokens.
const maxSize = 1 << 20

// Read returns the access keys in a text, at least one, in the text's order.
// Its errors are *fault.Errors with the status Usage.
//
// It knows shell lines (sh, fish, csh, PowerShell, cmd), .env lines, the
// sections of ~/.aws/config and ~/.aws/credentials, the JSON and YAML of the
// AWS CLI and of a credential_process, the console's CSV files and tables, and
// labels with the values beside or below them. Spaces round a value, quotes
// and commas are no part of it. A value that stands there twice the same
// counts once.
func Read(text []byte) ([]Found, error) {
	plain, err := decode(text)
	if err != nil {
		return nil, err
	}
	var groups []*group
	if isJSON(plain) {
		groups, err = readJSON(plain)
	} else if head, table := findTable(plain); table {
		groups, err = head.read(plain)
	} else {
		groups, err = readLines(plain)
	}
	if err != nil {
		return nil, err
	}
	return finish(groups)
}

// decode returns the text without its byte order mark and with plain line
// breaks. UTF-16 with a mark is what PowerShell 5 redirects into files.
func decode(text []byte) (string, error) {
	if len(text) > maxSize {
		return "", fault.New(fault.Usage, "the text is larger than 1 MiB", "give the lines with the access key alone")
	}
	for mark, order := range map[string]binary.ByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		if bytes.HasPrefix(text, []byte(mark)) {
			text = fromUTF16(text[len(mark):], order)
			break
		}
	}
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return "", fault.New(fault.Usage, "that is no text in UTF-8", formsHint)
	}
	return lineBreaks.Replace(strings.TrimPrefix(string(text), "\ufeff")), nil
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// lineBreaks makes every line break one that the readers know, and takes out the
// marks that a terminal puts round what is pasted, where a program has asked it
// to and has not been there to take that back.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\x1b[200~", "", "\x1b[201~", "")

// isBlank reports whether r shows as nothing: all kinds of spaces, and the
// marks without width that come with text from web pages and chats.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || r == '\ufeff' || '\u200b' <= r && r <= '\u200d' || r == '\u2060'
}
