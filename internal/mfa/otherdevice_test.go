package mfa

import (
	"context"
	"errors"
	"testing"

	"github.com/awsmint/awsmint/internal/secret"
)

// Whoever is asked although a seed is stored is told why, once.
func TestAPersonIsToldOfAnotherDevicesSeed(t *testing.T) {
	other := OtherDevice("work", "arn:aws:iam::111122223333:mfa/old")
	const note = `No code was computed: the seed stored for profile "work" is that of another device, arn:aws:iam::111122223333:mfa/old (to replace it: awsmint mfa add work --force).`
	if !errors.Is(other, ErrUnavailable) {
		t.Fatal("no other way would be tried")
	}
	seed := &Seed{Load: func(context.Context) (secret.String, error) { return secret.String{}, other }}
	person := &fakeWay{name: "a", answers: digits("111111", "222222")}
	codes, _ := newCodes(t, &fakeWay{name: "b", answers: fails(Unavailable("not here"))}, seed, person)
	if err := codes.Use(t.Context(), testRequest, (&sent{results: []error{ErrRefused, nil}}).send); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, req := range person.requests {
		if _, err := askDigits(req, func(note string) (secret.String, error) {
			said = append(said, note)
			return secret.New("123456"), nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(said) != 2 || said[0] != note || said[1] != "AWS refused that code; the next code comes in 20 s." {
		t.Errorf("said %q", said)
	}
}
