package secret_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/secret"
)

// Every way of printing a secret, alone and inside a struct, hides it.
func TestNothingShows(t *testing.T) {
	const value = "wJalrXUtnFEMI"
	s := secret.New(value)
	type holder struct{ S secret.String }

	var shown []string
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%X", "%d", "%08b", "%T%v"} {
		shown = append(shown, fmt.Sprintf(verb, s), fmt.Sprintf(verb, &s), fmt.Sprintf(verb, holder{s}), fmt.Sprintf(verb, []secret.String{s}))
	}
	for _, v := range []any{s, &s, holder{s}, map[string]secret.String{"k": s}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, string(b))
	}
	if b, err := xml.Marshal(holder{s}); err == nil {
		shown = append(shown, string(b))
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "a", s, "b", holder{s})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "a", s, "b", holder{s})
	shown = append(shown, log.String())

	for _, text := range shown {
		for _, form := range []string{value, fmt.Sprintf("%x", value), fmt.Sprintf("%X", value), fmt.Sprint([]byte(value))} {
			if strings.Contains(text, form) {
				t.Errorf("%q shows the secret as %q", text, form)
			}
		}
	}
	if s.Reveal() != value || s.Len() != len(value) || s.IsZero() || !secret.New("").IsZero() {
		t.Error("Reveal, Len or IsZero is wrong")
	}
}

// fmt calls no methods on what is unexported, at any depth.
func TestUnexportedFieldsShowNothing(t *testing.T) {
	const hidden = "wJalrXUtnFEMIaK7MDENG"
	type inner struct{ key secret.String }
	outer := struct {
		name string
		in   inner
		ptr  *inner
		many []inner
		by   map[string]inner
	}{"work", inner{secret.New(hidden)}, &inner{secret.New(hidden)}, []inner{{secret.New(hidden)}}, map[string]inner{"a": {secret.New(hidden)}}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, value := range []any{outer, &outer, outer.in, outer.many} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, hidden) || strings.Contains(strings.ToLower(text), hex.EncodeToString([]byte(hidden))) {
				t.Errorf("%s shows %s", verb, text)
			}
		}
	}
	if secret.New(hidden) != secret.New(hidden) || secret.New("a") == secret.New("b") || secret.New("") != (secret.String{}) {
		t.Error("equality is not that of the values")
	}
}
