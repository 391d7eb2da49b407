package keychain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/awsmint/awsmint/internal/secret"
)

// The deadlines of one call to the OS keychain. A daemon that works answers in
// milliseconds. A dialog waits for a person: 50 s leaves a run time to end
// within the 60 s that most callers of a credential_process grant.
const (
	answerTimeout = 10 * time.Second
	dialogTimeout = 50 * time.Second
)

// maxDuplicates bounds the items of one account that Delete removes. There is
// one, unless another program made more.
const maxDuplicates = 8

// osStore is what go-keyring offers. It takes no context.
type osStore interface {
	Get(service, account string) (string, error)
	Set(service, account, value string) error
	Delete(service, account string) error
}

type goKeyring struct{}

func (goKeyring) Get(service, account string) (string, error) { return keyring.Get(service, account) }
func (goKeyring) Set(service, account, value string) error {
	return keyring.Set(service, account, value)
}
func (goKeyring) Delete(service, account string) error { return keyring.Delete(service, account) }

// osKeychain is the keychain of the operating system.
type osKeychain struct {
	store   osStore
	reach   func() error // fails where a call would not get anywhere
	timeout time.Duration
	log     *slog.Logger
}

func newOSKeychain(o Options) *osKeychain {
	k := &osKeychain{store: goKeyring{}, reach: reachOS(o.Getenv), timeout: o.Timeout, log: o.Log}
	if o.Silent {
		k.store = silentStore{k.store, lockedOS}
	}
	if k.timeout == 0 {
		k.timeout = answerTimeout
		if dialogPossible(o.Getenv) && !o.Silent {
			k.timeout = dialogTimeout
		}
	}
	return k
}

func (k *osKeychain) Get(ctx context.Context, account string) (secret.String, error) {
	value, err := k.call(ctx, account, "reading", func() (string, error) {
		return k.store.Get(Service, account)
	})
	return secret.New(value), err
}

// errNotKept means that a change was accepted and not made: go-keyring reports
// success for a prompt that was dismissed.
var errNotKept = errors.New("the keychain accepted the change and did not make it")

func (k *osKeychain) Set(ctx context.Context, account string, value secret.String) error {
	_, err := k.call(ctx, account, "writing", func() (string, error) {
		if err := k.store.Set(Service, account, value.Reveal()); err != nil {
			return "", err
		}
		kept, err := k.store.Get(Service, account)
		if errors.Is(err, keyring.ErrNotFound) || err == nil && kept != value.Reveal() {
			return "", errNotKept
		}
		return "", err
	})
	return err
}

// Delete removes every item of the account, so that no older copy of the
// secret shows up behind the first.
func (k *osKeychain) Delete(ctx context.Context, account string) error {
	_, err := k.call(ctx, account, "deleting", func() (string, error) {
		if err := k.store.Delete(Service, account); err != nil {
			return "", err
		}
		for range maxDuplicates {
			if err := k.store.Delete(Service, account); errors.Is(err, keyring.ErrNotFound) {
				return "", nil
			} else if err != nil {
				return "", err
			}
		}
		return "", errNotKept
	})
	return err
}

type answer struct {
	value string
	err   error
}

// call runs op, which can't be interrupted, under the deadline. When the
// deadline passes, op goes on waiting in its goroutine and its answer is
// dropped.
func (k *osKeychain) call(ctx context.Context, account, doing string, op func() (string, error)) (string, error) {
	doing = fmt.Sprintf("%s %q", doing, account)
	if err := k.reach(); err != nil {
		k.log.Debug("keychain unreachable", "doing", doing, "err", err)
		return "", err
	}
	inTime, cancel := context.WithTimeout(ctx, k.timeout)
	defer cancel()
	if ctx.Err() != nil {
		return "", k.unanswered(ctx, doing)
	}

	answers := make(chan answer, 1)
	go func() {
		// go-keyring takes for granted that a prompt is answered: when the bus
		// goes away meanwhile, it panics.
		defer func() {
			if p := recover(); p != nil {
				answers <- answer{err: errBroken}
			}
		}()
		value, err := op()
		answers <- answer{value, err}
	}()

	select {
	case a := <-answers:
		if a.err != nil {
			k.log.Debug("keychain failed", "doing", doing, "err", a.err)
			return "", k.explain(a.err, account, doing)
		}
		return a.value, nil
	case <-inTime.Done():
		return "", k.unanswered(ctx, doing)
	}
}

// unanswered is the fault for a call that was cancelled or took too long.
func (k *osKeychain) unanswered(ctx context.Context, doing string) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return cancelled(ctx, doing+" in "+osName)
	}
	waited := "within " + k.timeout.String()
	if ctx.Err() != nil {
		waited = "before the deadline of the run"
	}
	k.log.Debug("keychain did not answer", "doing", doing, "waited", waited)
	return failure(ErrUnreachable, context.DeadlineExceeded,
		fmt.Sprintf("%s did not answer %s (%s)", osName, waited, doing),
		osAnswerHint+"\n"+elsewhereHint)
}
