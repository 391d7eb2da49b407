package paste

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// isJSON tells a list of objects from a section's header, too.
func isJSON(text string) bool {
	text = strings.TrimLeftFunc(text, isBlank)
	if list, ok := strings.CutPrefix(text, "["); ok {
		text = strings.TrimLeftFunc(list, isBlank)
	}
	return strings.HasPrefix(text, "{")
}

// jsonReader takes each object's own fields as a group, at whatever depth it
// stands: the AWS CLI has the key in AccessKey, Credentials or
// roleCredentials, a credential_process at the top.
type jsonReader struct {
	text    string
	decoder *json.Decoder
	groups  []*group
	depth   int
	counted int // the length of text whose lines are counted
	breaks  int // how many lines end in that
}

// maxDepth is how deep objects and lists may stand in each other. A key stands
// two deep, in a list of them three.
const maxDepth = 100

func readJSON(text string) ([]*group, error) {
	r := &jsonReader{text: text, decoder: json.NewDecoder(strings.NewReader(text))}
	r.decoder.UseNumber() // a time in milliseconds is not to become 1.9e+12
	for {
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) {
			return r.groups, nil
		}
		if err == nil {
			err = r.value(token)
		}
		if err != nil {
			return nil, r.explain(err)
		}
	}
}

var errDepth = errors.New("too deep")

// explain keeps what encoding/json says to itself: it may quote the text.
func (r *jsonReader) explain(err error) error {
	var ours *fault.Error
	if errors.As(err, &ours) {
		return err
	}
	return fault.New(fault.Usage, fmt.Sprintf("the JSON is broken off or wrong in line %d", r.line()), "copy it again, from the first { to the last }")
}

// line returns the line of what was read last.
func (r *jsonReader) line() int {
	at := min(int(r.decoder.InputOffset()), len(r.text))
	r.breaks += strings.Count(r.text[r.counted:at], "\n")
	r.counted = at
	return 1 + r.breaks
}

// value reads the rest of a value that begins with token.
func (r *jsonReader) value(token json.Token) error {
	if r.depth++; r.depth > maxDepth {
		return errDepth
	}
	defer func() { r.depth-- }()
	switch token {
	case json.Delim('{'):
		return r.object()
	case json.Delim('['):
		return r.list()
	}
	return nil
}

func (r *jsonReader) list() error {
	for {
		token, err := r.decoder.Token()
		if err != nil || token == json.Delim(']') {
			return err
		}
		if err := r.value(token); err != nil {
			return err
		}
	}
}

func (r *jsonReader) object() error {
	g := newGroup("")
	r.groups = append(r.groups, g)
	for {
		name, err := r.decoder.Token()
		if err != nil || name == json.Delim('}') {
			return err
		}
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		text := ""
		switch scalar := token.(type) {
		case string:
			text = scalar
		case json.Number:
			text = scalar.String()
		}
		f, known := fieldOf(normal(fmt.Sprint(name)))
		if known && text != "" {
			if err := g.set(f, text, r.line()); err != nil {
				return err
			}
		}
		if err := r.value(token); err != nil {
			return err
		}
	}
}
