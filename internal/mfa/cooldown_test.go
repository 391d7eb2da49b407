package mfa

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
)

// Who was waiting when a prompt was cancelled is not asked, however long it
// takes to come to its own: the person declined for all of them.
func TestWhoWaitedIsNotAskedAfterACancelledPrompt(t *testing.T) {
	way := &fakeWay{name: "a", answers: append(fails(ErrCancelled), digits("111111")...)}
	codes, clock := newCodes(t, way)
	clock.time = clock.time.Add(123456 * time.Nanosecond) // the memory is in milliseconds
	waiting := testRequest
	waiting.Started = clock.time
	_ = codes.Use(t.Context(), testRequest, (&sent{}).send)

	clock.time = clock.time.Truncate(time.Second).Add(40 * time.Second)
	for what, got := range map[string]error{"Cooling": codes.Cooling(waiting), "Use": codes.Use(t.Context(), waiting, (&sent{}).send)} {
		t.Log(what)
		wantPerson(t, got, ErrCooldown,
			`not asking for the MFA code of device "`+testSerial+`": a prompt was cancelled or failed 40 s ago`, "to be asked again, run: awsmint login work")
	}
	if len(way.requests) != 1 {
		t.Errorf("asked %d times", len(way.requests))
	}

	later := testRequest
	later.Started = clock.time
	codes.Asked = true
	if err := codes.Cooling(waiting); err != nil {
		t.Errorf("a person asked for this run: %v", err)
	}
	codes.Asked = false
	if err := codes.Cooling(later); err != nil {
		t.Errorf("a later run: %v", err)
	}
	if err := codes.Use(t.Context(), later, (&sent{}).send); err != nil {
		t.Errorf("a later run: %v", err)
	}
	if err := codes.Cooling(waiting); err != nil {
		t.Errorf("after a prompt that went well: %v", err)
	}
}

func TestCoolingWaitsForNobody(t *testing.T) {
	way := &fakeWay{name: "a", answers: fails(ErrCancelled)}
	codes, _ := newCodes(t, way)
	if err := codes.Cooling(testRequest); err != nil {
		t.Errorf("nobody was asked yet: %v", err)
	}
	_ = codes.Use(t.Context(), testRequest, (&sent{}).send)
	unlock, err := openDevice(codes.Dir, testSerial).lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if err := codes.Cooling(testRequest); !errors.Is(err, ErrCooldown) {
		t.Errorf("got %v; want the cooldown", err)
	}
}

// A code that AWS never took was not used: the next run waits as well, since it
// can't know what was wrong with it, but says what happened.
func TestRunAfterARefusedCodeSaysThatItWasRefused(t *testing.T) {
	for name, way := range map[string]*fakeWay{
		"a program's": {name: "a", unattended: true, answers: digits("111111")},
		"a person's":  {name: "a", answers: append(digits("111111"), fails(ErrCancelled)...)},
	} {
		t.Run(name, func(t *testing.T) {
			codes, clock := newCodes(t, way)
			var told []string
			codes.Notify, codes.Asked = func(text string) { told = append(told, text) }, true
			_ = codes.Use(t.Context(), testRequest, (&sent{results: []error{ErrRefused}}).send)
			way.answers = digits("222222")
			if err := codes.Use(t.Context(), testRequest, (&sent{}).send); err != nil {
				t.Error(err)
			}
			wantWaited(t, clock, 20*time.Second)
			if len(told) != 1 || told[0] != "AWS refused the last MFA code; waiting 20 s for the next one." {
				t.Errorf("told %q", told)
			}
		})
	}
}

// The hint is something that would help.
func TestHintOfNoWay(t *testing.T) {
	person := &fakeWay{name: "terminal", notReady: Unavailable("no terminal"), answers: fails(Unavailable("no terminal"))}
	seed := &fakeWay{name: "totp", unattended: true, answers: fails(Unavailable("no seed is stored"))}
	for _, c := range []struct {
		name  string
		ways  []Way
		asked bool
		want  string
	}{
		{"a program's run", []Way{seed, person}, false,
			"run: awsmint login work   (in a terminal)\ntried totp: no seed is stored; terminal: no terminal"},
		{"a person's run without a terminal", []Way{person}, true,
			"run the same command in a terminal\ntried terminal: no terminal"},
		{"a program's run that may ask nobody", []Way{Forbidden(person)}, false,
			"run: awsmint login work   (in a terminal)\ntried terminal: this run may ask nobody (--no-input, AWSMINT_NO_INPUT)"},
		{"a person's run that may ask nobody", []Way{Forbidden(person)}, true,
			"unset AWSMINT_NO_INPUT and run the same command in a terminal\ntried terminal: this run may ask nobody (--no-input, AWSMINT_NO_INPUT)"},
		{"a run beside a command", []Way{&Terminal{Taken: true}}, false,
			"run: awsmint login work   (in another terminal)\ntried terminal: the terminal is the command's"},
		{"a command that is not set", []Way{&Process{}}, true,
			"set awsmint_mfa_process in the profile to a command that prints the code, or add terminal to awsmint_mfa in profile \"work\"; then run: awsmint login work\ntried process: no awsmint_mfa_process is set"},
		{"a seed that is not stored", []Way{seed}, false,
			"add terminal to awsmint_mfa in profile \"work\"; then run: awsmint login work\ntried totp: no seed is stored"},
	} {
		t.Run(c.name, func(t *testing.T) {
			codes, _ := newCodes(t, c.ways...)
			codes.Asked = c.asked
			err := codes.Use(t.Context(), testRequest, (&sent{}).send)
			wantPerson(t, err, ErrUnavailable, `no way to ask for the MFA code of device "`+testSerial+`"`)
			if got := fault.HintOf(err); got != c.want {
				t.Errorf("hint:\n got %s\nwant %s", got, c.want)
			}
		})
	}
	if ready := Forbidden(&fakeWay{}).Ready(t.Context()); !errors.Is(ready, ErrUnavailable) {
		t.Errorf("a way that is forbidden: %v", ready)
	}
}

func TestCancelledPromptBeginsACooldown(t *testing.T) {
	way := &fakeWay{name: "a", answers: append(fails(ErrCancelled), digits("111111")...)}
	codes, clock := newCodes(t, way)
	s := &sent{}
	wantPerson(t, codes.Use(t.Context(), testRequest, s.send), ErrCancelled,
		`the prompt for the MFA code of device "`+testSerial+`" was cancelled`, "run: awsmint login work")

	clock.time = clock.time.Add(cooldown - time.Millisecond)
	wantPerson(t, codes.Use(t.Context(), testRequest, s.send), ErrCooldown,
		`not asking for the MFA code of device "`+testSerial+`": a prompt was cancelled or failed 5 s ago`, "to be asked again, run: awsmint login work")
	if len(way.requests) != 1 {
		t.Errorf("asked %d times", len(way.requests))
	}

	clock.time = clock.time.Add(time.Millisecond)
	if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
		t.Error(err)
	}
	wantSent(t, s, "a 111111")
}

// A locked keychain or a broken command bothered nobody: the next run says
// again what is wrong, not that it does not ask.
func TestFailureWithoutAPersonBeginsNoCooldown(t *testing.T) {
	broken := errors.New("the command is broken")
	codes, _ := newCodes(t, &fakeWay{name: "a", unattended: true, answers: append(fails(broken), fails(broken)...)})
	for range 2 {
		if err := codes.Use(t.Context(), testRequest, (&sent{}).send); !errors.Is(err, broken) {
			t.Errorf("got %v; want what is broken", err)
		}
	}
}

func TestLoginAsksInTheCooldown(t *testing.T) {
	codes, _ := newCodes(t, &fakeWay{name: "a", answers: append(fails(ErrCancelled), digits("111111")...)})
	codes.Asked = true
	s := &sent{}
	_ = codes.Use(t.Context(), testRequest, s.send)
	if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
		t.Error(err)
	}
	codes.Asked = false
	if err := codes.Use(t.Context(), testRequest, s.send); errors.Is(err, ErrCooldown) {
		t.Error("the cooldown outlived a prompt that went well")
	}
}

func TestUnansweredPromptSaysHowLong(t *testing.T) {
	way := &fakeWay{name: "a"}
	codes, clock := newCodes(t, way)
	way.beforeReply = func() { clock.time = clock.time.Add(55 * time.Second) }
	way.answers = fails(fmt.Errorf("%w: %w", ErrCancelled, context.DeadlineExceeded))
	err := codes.Use(t.Context(), testRequest, (&sent{}).send)
	wantPerson(t, err, context.DeadlineExceeded, `no MFA code for device "`+testSerial+`" came within 55 s`, "run: awsmint login work")
	if err := codes.Use(t.Context(), testRequest, (&sent{}).send); !errors.Is(err, ErrCooldown) {
		t.Errorf("then %v; want the cooldown", err)
	}
}
