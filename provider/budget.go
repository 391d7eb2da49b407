package provider

import (
	"context"
	"sync"
	"time"
)

// budget is a context that ends, as by a deadline, after a time in which waits
// for the next one-time code, and for others who use the device, do not count:
// they are AWS's rule, and no sign that anything hangs. In a hurry they count
// too, and only what a person types is waited for.
type budget struct {
	context.Context // the parent: its deadline and values
	hurried         bool
	done            chan struct{}
	timer           *time.Timer
	ends            time.Time

	mu  sync.Mutex
	err error
}

type budgetKey struct{}

func withBudget(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return newBudget(parent, d, false)
}

// withHurry is withBudget for what can be done without.
func withHurry(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return newBudget(parent, d, true)
}

func newBudget(parent context.Context, d time.Duration, hurried bool) (context.Context, context.CancelFunc) {
	b := &budget{Context: parent, hurried: hurried, done: make(chan struct{}), ends: time.Now().Add(d)}
	b.timer = time.AfterFunc(d, func() { b.end(context.DeadlineExceeded) })
	forget := context.AfterFunc(parent, func() { b.end(parent.Err()) })
	return b, func() {
		forget()
		b.timer.Stop()
		b.end(context.Canceled)
	}
}

func (b *budget) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
		close(b.done)
	}
}

// Done is closed when the time is up or the parent ends.
func (b *budget) Done() <-chan struct{} { return b.done }

// Err is DeadlineExceeded once the time is up.
func (b *budget) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// Value gives the budget itself to whoever is handed a context made of it.
func (b *budget) Value(key any) any {
	if key == (budgetKey{}) {
		return b
	}
	return b.Context.Value(key)
}

// PauseTimeout stops the time that a mint has which asks nobody, until resume:
// for whoever asks a person in the middle of one, as a keychain does for its
// passphrase.
func PauseTimeout(ctx context.Context) (resume func()) { return pause(ctx, true) }

// pauseBudget stops the clock of ctx's budgets, if it has any, until resume:
// that of the link being minted and those of the links that wait for it. It is
// for waits that nobody can shorten, which a hurry does not allow.
func pauseBudget(ctx context.Context) (resume func()) { return pause(ctx, false) }

func pause(ctx context.Context, person bool) (resume func()) {
	b, ok := ctx.Value(budgetKey{}).(*budget)
	if !ok {
		return func() {}
	}
	outer := pause(b.Context, person)
	if b.hurried && !person || !b.timer.Stop() {
		return outer
	}
	left := time.Until(b.ends)
	return func() {
		b.ends = time.Now().Add(left)
		b.timer.Reset(left)
		outer()
	}
}
