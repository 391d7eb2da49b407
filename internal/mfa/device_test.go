package mfa

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/filelock"
)

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
	wantPerson(t, err, context.DeadlineExceeded, `the MFA code of device "`+testSerial+`" was used already, and this run ended before the next one came (after 0 s of 20 s)`, "run it again in 20 s")
	if time.Since(began) > 5*time.Second {
		t.Error("it waited all the same")
	}

	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if err := wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := wait(t.Context(), time.Millisecond); err != nil {
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
		fmt.Sprintf("process %d is asking for the MFA code of device %q, and has not finished after 0 s", os.Getpid(), testSerial), "awsmint login work")
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
