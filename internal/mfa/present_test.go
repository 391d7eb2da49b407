package mfa

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/awsmint/awsmint/internal/secret"
)

// newSeed is a way that computes codes from someSeed by a clock.
func newSeed(now func() time.Time) *Seed {
	return &Seed{Now: now, Load: func(context.Context) (secret.String, error) { return secret.New(someSeed), nil }}
}

// showing is what a device with someSeed shows.
func showing(t *testing.T, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(someSeed, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestPresentCode(t *testing.T) {
	c, clock := newCodes(t)
	c.Ways = []Way{newSeed(c.Now)}
	for range 2 { // showing a code uses up none
		shown, err := c.Present(t.Context(), testRequest)
		if err != nil || shown.Digits.Reveal() != showing(t, clock.time) || shown.Left != 20*time.Second || shown.Used {
			t.Errorf("%v, left %v, used %v", err, shown.Left, shown.Used)
		}
	}
	if err := c.Use(t.Context(), testRequest, (&sent{}).send); err != nil {
		t.Fatal(err)
	}
	if shown, err := c.Present(t.Context(), testRequest); err != nil || !shown.Used || shown.Digits.Reveal() != showing(t, clock.time) {
		t.Errorf("%v, used %v: the code was sent", err, shown.Used)
	}
	if len(clock.waited) != 0 {
		t.Errorf("waited %v", clock.waited)
	}
}

// A code that came as the step changed is asked for again, so that what is said
// of it is true.
func TestPresentCodeAtTheEndOfAStep(t *testing.T) {
	c, clock := newCodes(t)
	way := &fakeWay{name: NameProcess, unattended: true, answers: digits("111111", "222222")}
	way.beforeReply = func() {
		if len(way.requests) == 1 {
			clock.time = clock.time.Add(21 * time.Second)
		}
	}
	c.Ways = []Way{way}
	shown, err := c.Present(t.Context(), testRequest)
	if err != nil || shown.Digits.Reveal() != "222222" || shown.Left != 29*time.Second {
		t.Errorf("%v, %s, left %v", err, shown.Digits.Reveal(), shown.Left)
	}
}

func TestPresentCodeWithoutAWay(t *testing.T) {
	c, _ := newCodes(t, &fakeWay{name: NameSeed, unattended: true, answers: fails(Unavailable("no seed is stored"))})
	for name, get := range map[string]func(context.Context, Request) (Shown, error){"present": c.Present, "fresh": c.Fresh} {
		if _, err := get(t.Context(), testRequest); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Each fresh code is another one, and none that awsmint sends.
func TestFreshCodes(t *testing.T) {
	c, clock := newCodes(t)
	c.Ways = []Way{newSeed(c.Now)}
	seen := map[string]bool{}
	for range 3 {
		shown, err := c.Fresh(t.Context(), testRequest)
		if err != nil || seen[shown.Digits.Reveal()] || shown.Left <= 0 || shown.Left > step {
			t.Fatalf("%v, left %v", err, shown.Left)
		}
		seen[shown.Digits.Reveal()] = true
	}
	if len(clock.waited) != 2 {
		t.Errorf("waited %d times, want 2", len(clock.waited))
	}
	var s sent
	if err := c.Use(t.Context(), testRequest, s.send); err != nil || len(clock.waited) != 3 || seen[s.codes[0][len("totp "):]] {
		t.Errorf("%v; waited %d times before a code was sent that was shown", err, len(clock.waited))
	}
}

func TestSpentCodesAreNotSent(t *testing.T) {
	c, clock := newCodes(t)
	c.Ways = []Way{newSeed(c.Now)}
	c.Spend(t.Context(), testSerial)
	if err := c.Use(t.Context(), testRequest, (&sent{}).send); err != nil || len(clock.waited) != 1 {
		t.Errorf("%v; waited %v, want for one step", err, clock.waited)
	}
	other := testRequest
	other.Serial += "2"
	if err := c.Use(t.Context(), other, (&sent{}).send); err != nil || len(clock.waited) != 1 {
		t.Errorf("%v: waited for the codes of another device", err)
	}
}

func TestTwoCodesInARow(t *testing.T) {
	clock := newFakeClock()
	first, second, err := TwoCodes(t.Context(), newSeed(clock.Now))
	if err != nil || first.Digits.Reveal() != showing(t, clock.time.Add(-step)) || second.Digits.Reveal() != showing(t, clock.time) {
		t.Errorf("%v: not the codes of the last step and the present one", err)
	}
	locked := errors.New("locked")
	if _, _, err := TwoCodes(t.Context(), &Seed{Load: func(context.Context) (secret.String, error) { return secret.String{}, locked }}); !errors.Is(err, locked) {
		t.Error(err)
	}
}
