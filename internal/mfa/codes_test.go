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
	"github.com/awsmint/awsmint/internal/filelock"
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
		{Profile: testProfile, Serial: testSerial, Attempt: 2, Refused: true},
		{Profile: testProfile, Serial: testSerial, Attempt: 3, Refused: true},
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
	codes, _ := newCodes(t, &fakeWay{name: "a", unattended: true, answers: digits("111111")})
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

func TestCancelledPromptBeginsACooldown(t *testing.T) {
	way := &fakeWay{name: "a", answers: append(fails(ErrCancelled), digits("111111")...)}
	codes, clock := newCodes(t, way)
	s := &sent{}
	wantPerson(t, codes.Use(t.Context(), testRequest, s.send), ErrCancelled,
		`the prompt for the MFA code of device "`+testSerial+`" was cancelled`, "run: awsmint login work")

	clock.time = clock.time.Add(cooldown - time.Millisecond)
	wantPerson(t, codes.Use(t.Context(), testRequest, s.send), ErrCooldown,
		`not asking for the MFA code of device "`+testSerial+`": a prompt was cancelled or failed 5 s ago`, "run: awsmint login work", "wait 5 s")
	if len(way.requests) != 1 {
		t.Errorf("asked %d times", len(way.requests))
	}

	clock.time = clock.time.Add(time.Millisecond)
	if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
		t.Error(err)
	}
	wantSent(t, s, "a 111111")
}

func TestLoginAsksInTheCooldown(t *testing.T) {
	codes, _ := newCodes(t, &fakeWay{name: "a", answers: append(fails(ErrCancelled), digits("111111")...)})
	codes.AskAgain = true
	s := &sent{}
	_ = codes.Use(t.Context(), testRequest, s.send)
	if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
		t.Error(err)
	}
	codes.AskAgain = false
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

func TestStepLastUsedAheadOfTheClock(t *testing.T) {
	for ahead, want := range map[int64][]time.Duration{
		-1: nil,
		0:  {20 * time.Second},
		1:  {50 * time.Second},
		2:  {80 * time.Second},
		3:  nil, // the clock went back; not to be believed
		-9: nil,
	} {
		codes, clock := newCodes(t, &fakeWay{name: "a", answers: digits("111111")})
		openDevice(codes.Dir, testSerial).save(memory{LastStep: stepOf(clock.time) + ahead})
		if err := codes.Use(t.Context(), testRequest, (&sent{}).send); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(want, clock.waited); diff != "" {
			t.Errorf("%d steps ahead: waited (-want +got):\n%s", ahead, diff)
		}
		if got := openDevice(codes.Dir, testSerial).load().LastStep; got != stepOf(clock.time) {
			t.Errorf("%d steps ahead: noted %d, want %d", ahead, got, stepOf(clock.time))
		}
	}
}

func TestClockThatGoesBackWhileAsking(t *testing.T) {
	way := &fakeWay{name: "a", answers: digits("111111", "222222")}
	codes, clock := newCodes(t, way)
	last := stepOf(clock.time) - 1
	openDevice(codes.Dir, testSerial).save(memory{LastStep: last})
	way.beforeReply = func() {
		if len(way.requests) == 1 {
			clock.time = clock.time.Add(-step)
		}
	}
	s := &sent{}
	if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
		t.Fatal(err)
	}
	wantSent(t, s, "a 222222")
	wantWaited(t, clock, 20*time.Second)
}

func TestWaitIsRefusedWhenTheDeadlineComesFirst(t *testing.T) {
	codes, clock := newCodes(t, &fakeWay{name: "a", answers: digits("111111")})
	codes.Wait = nil
	openDevice(codes.Dir, testSerial).save(memory{LastStep: stepOf(clock.time)})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	began := time.Now()
	err := codes.Use(ctx, testRequest, (&sent{}).send)
	wantPerson(t, err, context.DeadlineExceeded, `the present MFA code of device "`+testSerial+`" was used already, and this run ended before the next one (waited 0 s of 20 s)`, "run it again in 20 s")
	if time.Since(began) > 5*time.Second {
		t.Error("it waited all the same")
	}

	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if err := waitFor(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := waitFor(t.Context(), time.Millisecond); err != nil {
		t.Error(err)
	}
}

func TestBusyDeviceNamesItsHolder(t *testing.T) {
	codes, _ := newCodes(t, &fakeWay{name: "a", answers: digits("111111")})
	unlock, err := openDevice(codes.Dir, testSerial).lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err = codes.Use(ctx, testRequest, (&sent{}).send)
	wantPerson(t, err, context.DeadlineExceeded,
		fmt.Sprintf("process %d is asking for the MFA code of device %q, and was not done after 0 s", os.Getpid(), testSerial), "awsmint login work")
	var held *filelock.HeldError
	if !errors.As(err, &held) {
		t.Error("the cause is lost")
	}
}

func TestUnusableMemoryFailsNothing(t *testing.T) {
	write := func(text string) func(t *testing.T, c *Codes) {
		return func(t *testing.T, c *Codes) {
			if err := os.WriteFile(openDevice(c.Dir, testSerial).path+".json", []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, spoil := range map[string]func(t *testing.T, c *Codes){
		"not JSON":            write("\x00\xff{"),
		"empty":               write(""),
		"cut short":           write(`{"version":1,"last_st`),
		"of another version":  write(`{"version":2,"last_step":60000000,"failed_at":1800000010000}`),
		"of the wrong types":  write(`{"version":1,"last_step":"x"}`),
		"a number too large":  write(`{"version":1,"last_step":99999999999999999999}`),
		"far too long":        write(strings.Repeat(" ", maxMemory) + `{"version":1,"last_step":60000000}`),
		"in no directory":     func(_ *testing.T, c *Codes) { c.Dir = "" },
		"under a plain file":  func(t *testing.T, c *Codes) { c.Dir = filepath.Join(plainFile(t), "devices") },
		"a directory instead": func(t *testing.T, c *Codes) { mkdir(t, openDevice(c.Dir, testSerial).path+".json") },
		"a lock not openable": func(t *testing.T, c *Codes) { mkdir(t, openDevice(c.Dir, testSerial).path+".lock") },
	} {
		t.Run(name, func(t *testing.T) {
			codes, clock := newCodes(t, &fakeWay{name: "a", answers: digits("111111")})
			spoil(t, codes)
			s := &sent{}
			if err := codes.Use(t.Context(), testRequest, s.send); err != nil {
				t.Fatal(err)
			}
			wantSent(t, s, "a 111111")
			wantWaited(t, clock)
		})
	}
}

func TestMemoryHoldsNoCodeAndNoSerial(t *testing.T) {
	codes, _ := newCodes(t, &fakeWay{name: "a", answers: digits("918273")})
	if err := codes.Use(t.Context(), testRequest, (&sent{}).send); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(codes.Dir)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v, %v; want a memory and a lock", entries, err)
	}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(codes.Dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"918273", "alice", "111122223333"} {
			if strings.Contains(entry.Name()+string(data), word) {
				t.Errorf("%s holds %q: %s", entry.Name(), word, data)
			}
		}
	}
}

func plainFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}
