package mfa

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/atomicfile"
	"github.com/awsmint/awsmint/internal/secret"
)

const (
	testSerial  = "arn:aws:iam::111122223333:mfa/alice"
	testProfile = "work"
)

var testRequest = Request{Profile: testProfile, Serial: testSerial}

func TestMain(m *testing.M) {
	beTheShell()
	if dir := os.Getenv(useVariable); dir != "" {
		useOnce(dir)
		return
	}
	askAtTerminal()
	os.Exit(m.Run())
}

// fakeClock moves only when somebody waits.
type fakeClock struct {
	time   time.Time
	waited []time.Duration
}

// newFakeClock is 10 s into a step.
func newFakeClock() *fakeClock { return &fakeClock{time: time.Unix(1_800_000_010, 0)} }

func (c *fakeClock) Now() time.Time { return c.time }

func (c *fakeClock) Wait(_ context.Context, d time.Duration) error {
	c.waited = append(c.waited, d)
	c.time = c.time.Add(d)
	return nil
}

// fakeWay answers from a list, the last entry of it again and again.
type fakeWay struct {
	name        string
	unattended  bool
	notReady    error
	answers     []func(ctx context.Context) (string, error)
	requests    []Request
	beforeReply func()
}

func (w *fakeWay) Name() string      { return w.name }
func (w *fakeWay) Interactive() bool { return !w.unattended }

func (w *fakeWay) Ready(context.Context) error { return w.notReady }

func (w *fakeWay) Code(ctx context.Context, req Request) (Code, error) {
	w.requests = append(w.requests, req)
	answer := w.answers[min(len(w.requests), len(w.answers))-1]
	if w.beforeReply != nil {
		w.beforeReply()
	}
	digits, err := answer(ctx)
	return Code{Digits: secret.New(digits), Way: w.name}, err
}

func digits(codes ...string) (answers []func(context.Context) (string, error)) {
	for _, code := range codes {
		answers = append(answers, func(context.Context) (string, error) { return code, nil })
	}
	return answers
}

func fails(err error) []func(context.Context) (string, error) {
	return []func(context.Context) (string, error){func(context.Context) (string, error) { return "", err }}
}

// newCodes is a Codes in a directory of its own, with a fake clock.
func newCodes(t *testing.T, ways ...Way) (*Codes, *fakeClock) {
	t.Helper()
	clock := newFakeClock()
	return &Codes{Ways: ways, Dir: filepath.Join(t.TempDir(), "devices"), Now: clock.Now, Wait: clock.Wait}, clock
}

// sent is a send function that keeps the codes and answers with results, the
// last of them again and again.
type sent struct {
	codes   []string
	results []error
}

func (s *sent) send(_ context.Context, code Code) error {
	s.codes = append(s.codes, code.Way+" "+code.Digits.Reveal())
	if len(s.results) == 0 {
		return nil
	}
	return s.results[min(len(s.codes), len(s.results))-1]
}

// useVariable makes the test binary a program that uses one code of the device
// whose state is in the directory it names, and says in which step. Its clock
// is a file there, which moves when somebody waits.
const useVariable = "MFA_TEST_USE"

func useOnce(dir string) {
	file := filepath.Join(dir, "clock")
	now := func() time.Time {
		var unix int64
		text, err := os.ReadFile(file)
		if err == nil {
			_, err = fmt.Sscan(string(text), &unix)
		}
		if err != nil {
			panic(err)
		}
		return time.Unix(unix, 0)
	}
	codes := &Codes{
		Ways: []Way{&fakeWay{name: "test", answers: digits("123456")}},
		Dir:  filepath.Join(dir, "devices"),
		Now:  now,
		Wait: func(_ context.Context, d time.Duration) error {
			// Only the device's holder waits, so nobody else writes.
			return atomicfile.Write(file, fmt.Append(nil, now().Add(d).Unix()), 0o600)
		},
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := codes.Use(ctx, testRequest, func(context.Context, Code) error {
		fmt.Print(stepOf(now()))
		return nil
	})
	if err != nil {
		fmt.Print(err)
	}
}
