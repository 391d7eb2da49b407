package mfa

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
)

func wantSent(t *testing.T, s *sent, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.codes); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func wantWaited(t *testing.T, c *fakeClock, want ...time.Duration) {
	t.Helper()
	if diff := cmp.Diff(want, c.waited); diff != "" {
		t.Errorf("waited (-want +got):\n%s", diff)
	}
}

// wantPerson checks that err ends the run with status Person and says what.
func wantPerson(t *testing.T, err error, kind error, fact string, hints ...string) {
	t.Helper()
	if fault.StatusOf(err) != fault.Person || kind != nil && !errors.Is(err, kind) {
		t.Errorf("got %#v; want a fault with status Person that is %v", err, kind)
		return
	}
	if err.Error() != fact {
		t.Errorf("fact:\n got %s\nwant %s", err, fact)
	}
	for _, hint := range hints {
		if !strings.Contains(fault.HintOf(err), hint) {
			t.Errorf("hint %q lacks %q", fault.HintOf(err), hint)
		}
	}
}

func TestSecondUseInAStepWaitsForTheNext(t *testing.T) {
	way := &fakeWay{name: "a", answers: digits("111111", "222222")}
	codes, clock := newCodes(t, way)
	var told []string
	codes.Notify = func(text string) { told = append(told, text) }
	s := &sent{}
	for range 2 {
		if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
			t.Fatal(err)
		}
	}
	other := Request{Profile: testProfile, Serial: testSerial + "2"}
	if err := codes.Use(t.Context(), other, s.send); err != nil {
		t.Fatal(err)
	}
	wantSent(t, s, "a 111111", "a 222222", "a 222222")
	wantWaited(t, clock, 20*time.Second) // and not for the other device
	if diff := cmp.Diff([]string{"The present MFA code was used already; waiting 20 s for the next one."}, told); diff != "" {
		t.Error(diff)
	}
}

func TestStepIsNotedBeforeTheCodeIsSent(t *testing.T) {
	codes, clock := newCodes(t, &fakeWay{name: "a", answers: digits("111111")})
	noted := int64(0)
	err := codes.Use(t.Context(), testRequest, func(context.Context, Code) error {
		noted = openDevice(codes.Dir, testSerial).load().LastStep
		return errors.New("the network is down")
	})
	if err == nil || err.Error() != "the network is down" {
		t.Errorf("got %v; want what send returned", err)
	}
	if noted != stepOf(clock.time) {
		t.Errorf("noted step %d; want %d", noted, stepOf(clock.time))
	}
}

func TestManyProcessesNeverUseAStepTwice(t *testing.T) {
	const processes = 8
	dir := t.TempDir()
	start := newFakeClock().time
	if err := os.WriteFile(filepath.Join(dir, "clock"), fmt.Append(nil, start.Unix()), 0o600); err != nil {
		t.Fatal(err)
	}
	var commands []*exec.Cmd
	var outputs []*strings.Builder
	for range processes {
		cmd, out := exec.CommandContext(t.Context(), os.Args[0]), &strings.Builder{}
		cmd.Env = append(os.Environ(), useVariable+"="+dir, "GORACE=atexit_sleep_ms=0")
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		commands, outputs = append(commands, cmd), append(outputs, out)
	}
	got, want := map[string]int{}, map[string]int{}
	for i, cmd := range commands {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		got[outputs[i].String()]++
		want[fmt.Sprint(stepOf(start)+int64(i))]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("uses of each step (-want +got):\n%s", diff)
	}
}

func TestRefusedCodeIsAskedForThreeTimes(t *testing.T) {
	way := &fakeWay{name: "a", answers: digits("111111", "222222", "333333", "444444")}
	codes, clock := newCodes(t, way)
	refusal := fmt.Errorf("AccessDenied: %w", ErrRefused)
	s := &sent{results: []error{refusal}}
	if err := codes.Use(t.Context(), testRequest, s.send); err != refusal {
		t.Errorf("got %v; want the refusal", err)
	}
	wantSent(t, s, "a 111111", "a 222222", "a 333333")
	wantWaited(t, clock) // a mistyped code is not spent
	want := []Request{
		{Profile: testProfile, Serial: testSerial, Attempt: 1},
		{Profile: testProfile, Serial: testSerial, Attempt: 2, Refused: true, Next: 20 * time.Second},
		{Profile: testProfile, Serial: testSerial, Attempt: 3, Refused: true, Next: 20 * time.Second},
	}
	if diff := cmp.Diff(want, way.requests); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if err := codes.Use(t.Context(), testRequest, s.send); !errors.Is(err, ErrCooldown) {
		t.Errorf("after three refusals: %v; want the cooldown", err)
	}
}

func TestSecondAnswerIsTaken(t *testing.T) {
	skipped := &fakeWay{name: "skipped", answers: fails(Unavailable("not here"))}
	way := &fakeWay{name: "a", answers: digits("111111", "222222")}
	codes, _ := newCodes(t, skipped, way)
	s := &sent{results: []error{ErrRefused, nil}}
	if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
		t.Fatal(err)
	}
	wantSent(t, s, "a 111111", "a 222222")
	if len(skipped.requests) != 1 {
		t.Errorf("the unavailable way was tried %d times", len(skipped.requests))
	}
}

func TestRefusedDigitsAreNotSentAgain(t *testing.T) {
	codes, _ := newCodes(t, &fakeWay{name: "a", answers: digits("111111", "111111", "222222")})
	s := &sent{results: []error{ErrRefused, nil}}
	if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
		t.Fatal(err)
	}
	wantSent(t, s, "a 111111", "a 222222")
}

func TestRefusedCodeOfAProgramEndsTheRun(t *testing.T) {
	codes, _ := newCodes(t, &fakeWay{name: "a", unattended: true, answers: digits("111111", "222222")})
	s := &sent{results: []error{ErrRefused}}
	if err := codes.Use(t.Context(), testRequest, s.send); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
	wantSent(t, s, "a 111111")
}

func TestWaysAreTriedInOrder(t *testing.T) {
	codes, _ := newCodes(t,
		&fakeWay{name: "a", answers: fails(Unavailable("no seed is stored"))},
		&fakeWay{name: "b", answers: fails(fmt.Errorf("no display: %w", ErrUnavailable))},
		&fakeWay{name: "c", answers: digits("111111")},
		&fakeWay{name: "d", answers: digits("222222")})
	s := &sent{}
	if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
		t.Fatal(err)
	}
	wantSent(t, s, "c 111111")

	codes.Ways = []Way{&fakeWay{name: "a", answers: fails(os.ErrPermission)}, &fakeWay{name: "b", answers: digits("111111")}}
	if err := codes.Use(t.Context(), testRequest, s.send); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v; want the error that is no reason to try the next way", err)
	}
}

func TestNoWayNamesTheCommandAndTheReasons(t *testing.T) {
	codes, _ := newCodes(t,
		&fakeWay{name: "totp", answers: fails(Unavailable("no seed is stored"))},
		&fakeWay{name: "terminal", answers: fails(Unavailable("no terminal"))})
	s := &sent{}
	for range 2 { // nobody was asked, so there is no cooldown
		err := codes.Use(t.Context(), testRequest, s.send)
		wantPerson(t, err, ErrUnavailable, `no way to ask for the MFA code of device "`+testSerial+`"`,
			"run: awsmint login work ", "tried totp: no seed is stored; terminal: no terminal")
	}
	wantSent(t, s)
}

// Whether anybody can be asked is known before the wait for the next step.
func TestNobodyToAskIsNotWaitedFor(t *testing.T) {
	first := &fakeWay{name: "a", answers: digits("111111")}
	codes, clock := newCodes(t, first)
	if err := codes.Use(t.Context(), testRequest, (&sent{}).send); err != nil {
		t.Fatal(err)
	}
	codes.Ways = []Way{
		&fakeWay{name: "a", notReady: Unavailable("no seed is stored")},
		&fakeWay{name: "b", notReady: Unavailable("no terminal")},
	}
	wantPerson(t, codes.Use(t.Context(), testRequest, (&sent{}).send), ErrUnavailable,
		`no way to ask for the MFA code of device "`+testSerial+`"`, "run: awsmint login work", "a: no seed is stored; b: no terminal")
	locked := errors.New("the keychain is locked")
	codes.Ways = []Way{&fakeWay{name: "a", notReady: locked}}
	if err := codes.Use(t.Context(), testRequest, (&sent{}).send); !errors.Is(err, locked) {
		t.Errorf("got %v; want what is wrong with the seed", err)
	}
	wantWaited(t, clock)
}

func TestAttended(t *testing.T) {
	gone := Unavailable("gone")
	for _, c := range []struct {
		ways []Way
		want bool
	}{
		{nil, false},
		{[]Way{&fakeWay{name: NameSeed}}, false},
		{[]Way{&fakeWay{name: NameSeed}, &fakeWay{name: NameTerminal, notReady: gone}}, false},
		{[]Way{&fakeWay{name: NameSeed}, &fakeWay{name: NameTerminal}}, true},
		{[]Way{&fakeWay{name: NameProcess}}, true},
	} {
		codes := &Codes{Ways: c.ways}
		if got := codes.Attended(t.Context()); got != c.want {
			t.Errorf("%v: %v", c.ways, got)
		}
	}
}
