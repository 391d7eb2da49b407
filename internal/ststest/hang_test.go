package ststest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
)

// lines is a log that hands each line on.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

func (l lines) next(t *testing.T) string {
	t.Helper()
	select {
	case line := <-l:
		return line
	case <-within(t).Done():
		t.Fatal("no further line in the log")
		return ""
	}
}

// What ends first is logged first: a whole other request goes by while the
// one hangs, and the server lets go of it once its client has gone.
func TestAHangEndsWithTheClient(t *testing.T) {
	log := make(lines, 10)
	s := start(t, ststest.Options{Log: log})
	u := s.AddUser("alice")
	s.Inject(ststest.Fault{Times: 1, Hang: true})
	ctx, cancel := context.WithCancel(within(t))
	failed := make(chan error, 1)
	go func() { failed <- whoami(ctx, fresh(t, s, keysOf(u))) }()
	if err := s.WaitFor(within(t), "GetCallerIdentity", 1); err != nil {
		t.Fatal(err)
	}
	if err := whoami(within(t), fresh(t, s, keysOf(u))); err != nil {
		t.Fatal(err)
	}
	if line := log.next(t); !strings.Contains(line, " 200") {
		t.Errorf("it did not hang: %s", line)
	}
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if line := log.next(t); !strings.Contains(line, " hung") {
		t.Errorf("the line of the hanging request is %q", line)
	}
	if s.Succeeded("") != 1 {
		t.Errorf("%d were carried out", s.Succeeded(""))
	}
}

func TestAHangEndsWithClose(t *testing.T) {
	s, err := ststest.Start(ststest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	u := s.AddUser("alice")
	s.Inject(ststest.Fault{Hang: true})
	client := fresh(t, s, keysOf(u))
	const n = 5
	failed := make(chan error, n)
	for range n {
		go func() { failed <- whoami(within(t), client) }()
	}
	if err := s.WaitFor(within(t), "GetCallerIdentity", n); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for range n {
		if err := <-failed; err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want a closed connection", err)
		}
	}
}

// A delay longer than the client waits ends with the client; a short one is
// followed by the answer.
func TestDelay(t *testing.T) {
	s, _, u := frozen(t)
	const delay = 30 * time.Millisecond
	s.Inject(ststest.Fault{Times: 1, Delay: delay})
	began := time.Now()
	if err := whoami(within(t), fresh(t, s, keysOf(u))); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < delay {
		t.Errorf("answered after %v", took)
	}
	s.Inject(ststest.Fault{Times: 1, Delay: time.Hour})
	ctx, cancel := context.WithCancel(within(t))
	failed := make(chan error, 1)
	go func() { failed <- whoami(ctx, fresh(t, s, keysOf(u))) }()
	if err := s.WaitFor(within(t), "GetCallerIdentity", 2); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	s.Inject(ststest.Fault{Times: 1, Delay: delay, Code: "Throttling"})
	wantError(t, whoami(within(t), fresh(t, s, keysOf(u))), "Throttling", "")
}
