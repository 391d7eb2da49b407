package keychain

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// memory is an OS keychain in memory with the faults that the real ones have.
type memory struct {
	mu      sync.Mutex
	values  map[string][]string // more than one where another program made them
	dismiss bool                // prompts are dismissed: changes report success and do nothing
	err     error
	block   chan struct{} // not nil: a call waits for it to be closed
	broken  bool          // a call panics, as go-keyring does when the bus goes away
	calls   int
}

func (m *memory) enter() error {
	if m.block != nil {
		<-m.block
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.broken {
		panic("nil pointer")
	}
	return m.err
}

func (m *memory) Get(service, account string) (string, error) {
	if err := m.enter(); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	values := m.values[service+" "+account]
	if len(values) == 0 {
		return "", keyring.ErrNotFound
	}
	return values[0], nil
}

func (m *memory) Set(service, account, value string) error {
	err := m.enter()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil && !m.dismiss {
		m.values[service+" "+account] = []string{value}
	}
	return err
}

func (m *memory) Delete(service, account string) error {
	if err := m.enter(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	values := m.values[service+" "+account]
	if len(values) == 0 {
		return keyring.ErrNotFound
	}
	if !m.dismiss {
		m.values[service+" "+account] = values[1:]
	}
	return nil
}

func newMemory() *memory { return &memory{values: map[string][]string{}} }

func osKeychainOn(m *memory) *osKeychain {
	return &osKeychain{store: m, reach: func() error { return nil }, timeout: 10 * time.Second, log: slog.New(slog.DiscardHandler)}
}

func TestOSKeychainKeepsAndDeletes(t *testing.T) {
	m := newMemory()
	k := osKeychainOn(m)
	mustSet(t, k, "key/work", "one")
	wantValue(t, k, "key/work", "one")
	if m.values["awsmint key/work"] == nil {
		t.Errorf("not under the service awsmint: %v", m.values)
	}
	_, err := k.Get(t.Context(), "key/other")
	wantFault(t, err, ErrNotFound, fault.Missing, `"key/other"`, "awsmint add other")

	m.values["awsmint key/work"] = []string{"one", "an older copy", "a third"}
	if err := k.Delete(t.Context(), "key/work"); err != nil {
		t.Fatal(err)
	}
	_, err = k.Get(t.Context(), "key/work")
	wantFault(t, err, ErrNotFound, fault.Missing)
	wantFault(t, k.Delete(t.Context(), "key/work"), ErrNotFound, fault.Missing)
}

func TestChangeThatWasDismissedIsNoSuccess(t *testing.T) {
	m := newMemory()
	k := osKeychainOn(m)
	m.dismiss = true
	wantFault(t, k.Set(t.Context(), "key/work", secret.New("new")), ErrLocked, fault.Keychain, "dismissed")
	m.values["awsmint key/work"] = []string{"old"}
	wantFault(t, k.Set(t.Context(), "key/work", secret.New("new")), ErrLocked, fault.Keychain, "dismissed")
	wantFault(t, k.Delete(t.Context(), "key/work"), ErrLocked, fault.Keychain, "dismissed", "AWSMINT_KEYCHAIN=file")
}

func TestKeychainThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		m.block = make(chan struct{})
		defer close(m.block)
		k := osKeychainOn(m)
		start := time.Now()
		_, err := k.Get(t.Context(), "key/work")
		wantFault(t, err, ErrUnreachable, fault.Keychain, "within 10s", `reading "key/work"`, "AWSMINT_KEYCHAIN=file")
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("waited %v", waited)
		}

		start = time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		wantFault(t, k.Set(ctx, "key/work", secret.New("v")), ErrUnreachable, fault.Keychain, "deadline of the run")
		if waited := time.Since(start); waited != 3*time.Second {
			t.Errorf("waited %v", waited)
		}

		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, stop)
		err = k.Delete(ctx, "key/work")
		wantFault(t, err, nil, fault.Person, "cancelled")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v is not context.Canceled", err)
		}
	})
}

func TestCancelledCallReachesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := osKeychainOn(m).Get(ctx, "key/work")
		wantFault(t, err, nil, fault.Person, "cancelled")
		synctest.Wait()
		if m.calls != 0 {
			t.Errorf("%d calls were made", m.calls)
		}
	})
}

func TestKeychainErrors(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		kind error
		want fault.Status
	}{
		"too large":            {keyring.ErrSetDataTooBig, ErrTooLarge, fault.Keychain},
		"a system without one": {keyring.ErrUnsupportedPlatform, ErrUnreachable, fault.Keychain},
		"what nobody has seen": {errors.New("strange\nthing"), nil, fault.Keychain},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			m.err = c.err
			k := osKeychainOn(m)
			err := k.Set(t.Context(), "key/work", secret.New("v"))
			wantFault(t, err, c.kind, c.want, `"key/work"`, "AWSMINT_KEYCHAIN=file")
			if !errors.Is(err, c.err) {
				t.Errorf("the cause is lost: %v", err)
			}
		})
	}
	t.Run("a panic in the library", func(t *testing.T) {
		m := newMemory()
		m.broken = true
		_, err := osKeychainOn(m).Get(t.Context(), "key/work")
		wantFault(t, err, ErrUnreachable, fault.Keychain, "broke off")
	})
}

func TestTimeoutIsLongerWhereADialogMayWait(t *testing.T) {
	if got := newOSKeychain(Options{Getenv: getenv(nil), Timeout: time.Second}.withDefaults()).timeout; got != time.Second {
		t.Errorf("the timeout asked for became %v", got)
	}
	vars := map[string]string{"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
	want := answerTimeout
	if dialogPossible(getenv(vars)) {
		want = dialogTimeout
	}
	if got := newOSKeychain(Options{Getenv: getenv(vars)}.withDefaults()).timeout; got != want {
		t.Errorf("the timeout is %v, want %v", got, want)
	}
}

func TestExitsOfSecurity(t *testing.T) {
	for status, want := range map[int]error{
		-25300: ErrNotFound, -25308: ErrLocked, -25315: ErrLocked, -128: ErrLocked,
		-25293: ErrDenied, -25292: ErrDenied, -61: ErrDenied, -34018: ErrDenied,
		-25302: ErrTooLarge,
		-25307: ErrUnreachable, -25295: ErrUnreachable, -25294: ErrUnreachable, -25291: ErrUnreachable,
		-1: nil, 0: nil,
	} {
		if got := securityKind(status & 0xff); got != want {
			t.Errorf("OSStatus %d, exit %d: %v, want %v", status, status&0xff, got, want)
		}
	}
}
