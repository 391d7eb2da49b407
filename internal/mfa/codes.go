package mfa

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/secret"
)

// Codes hands out the codes of MFA devices, each only once.
type Codes struct {
	Ways   []Way                                            // in the order in which they are tried
	Dir    string                                           // of the devices' memory and locks; made (0700) if missing; empty: none are kept
	Now    func() time.Time                                 // nil: time.Now
	Wait   func(ctx context.Context, d time.Duration) error // nil: a timer, which refuses to start what ctx's deadline won't let it end
	Pause  func(ctx context.Context) (resume func())        // called round waits that others or AWS impose, for whoever counts ctx's time; nil: nobody
	Notify func(text string)                                // tells whoever watches what is waited for; nil: silent
	Again  string                                           // the command that asks again, for hints; empty: awsmint login
	Asked  bool                                             // a person asked for this very run: ask although a prompt has just failed
}

// cooldown is how long after a cancelled or failed prompt nobody is asked: SDKs
// run a failed credential_process again at once, and callers that waited in
// parallel would each ask the person who has just declined.
const cooldown = 5 * time.Second

// farSteps is how many steps ahead of the clock a last step may be and still
// be believed. The clock went back by more since then, and waiting for it could
// take days.
const farSteps = 2

// Use gets a code for the device that req names and hands it to send, which
// returns an error that Is ErrRefused when AWS did not accept it. A person is
// then asked again, three times in all.
//
// The device is locked meanwhile, between processes. A code is sent at most
// once in each step of 30 s: Use waits for the next step if need be, and notes
// the step before it calls send, so that not even a run that is killed sends a
// code again. Memory that can't be read or written fails nothing.
//
// The errors are send's, that of a way, or a fault with status Person that Is
// ErrUnavailable, ErrCancelled or ErrCooldown. Everything ends with ctx.
func (c *Codes) Use(ctx context.Context, req Request, send func(ctx context.Context, code Code) error) error {
	started := c.now()
	req.Again = c.Again
	device := openDevice(c.Dir, req.Serial)
	resume := c.pause(ctx)
	unlock, err := device.lock(ctx)
	resume()
	if err != nil {
		return busy(req, err, c.now().Sub(started))
	}
	defer unlock()

	known := device.load()
	if err := c.cooling(req, known); err != nil {
		return err
	}
	run := &run{Codes: c, req: req, device: device, known: known, ways: c.Ways, send: send}
	return run.use(ctx)
}

// Cooling returns an error that Is ErrCooldown where Use would give it, and nil
// elsewhere. It waits for nobody.
func (c *Codes) Cooling(req Request) error {
	req.Again = c.Again
	return c.cooling(req, openDevice(c.Dir, req.Serial).load())
}

// Ready returns nil where Use would come to ask one of the ways, and its error
// where none can be used. It asks nobody.
func (c *Codes) Ready(ctx context.Context, req Request) error {
	req.Again = c.Again
	return (&run{Codes: c, req: req, ways: c.Ways}).anyReady(ctx)
}

// cooling is an error for some seconds after a prompt failed, and for every run
// that was waiting by then, however long it takes to come to its own prompt.
func (c *Codes) cooling(req Request, known memory) error {
	failed := time.UnixMilli(known.FailedAt)
	ago := c.now().Sub(failed)
	waited := !req.Started.IsZero() && !failed.Before(req.Started.Truncate(time.Millisecond))
	if c.Asked || ago < 0 || ago >= cooldown && !waited {
		return nil
	}
	return coolingDown(req, ago)
}

// run is one call of Use, with the device locked.
type run struct {
	*Codes
	req    Request
	device device
	known  memory
	ways   []Way // those still to be tried
	send   func(ctx context.Context, code Code) error
}

func (r *run) use(ctx context.Context) error {
	// Steps used before this run are spent. What this run sent and AWS refused
	// was mistyped and spent nothing, so the next answer may be of the same
	// step.
	spent := r.known.LastStep
	var refused secret.String
	err := clockBack(r.req)
	for r.req.Attempt = 1; r.req.Attempt <= maxAsks; r.req.Attempt++ {
		if err := r.awaitStepAfter(ctx, spent); err != nil {
			return err
		}
		r.req.Next = 0
		if r.req.Refused {
			r.req.Next = r.until(stepOf(r.now()) + 1)
		}
		code, way, askErr := r.ask(ctx)
		if askErr != nil {
			return askErr
		}
		now := stepOf(r.now())
		if r.isSpent(spent, now) {
			continue // the clock went back while the person typed
		}
		if !refused.IsZero() && code.Digits == refused {
			continue // AWS refused these very digits a moment ago
		}
		r.known = memory{LastStep: now}
		r.device.save(r.known)
		err = r.send(ctx, code)
		if !errors.Is(err, ErrRefused) {
			return err
		}
		r.known.Refused = true
		r.device.save(r.known)
		if !way.Interactive() {
			return err
		}
		refused, r.req.Refused = code.Digits, true
	}
	r.failed()
	return err
}

// isSpent reports whether a code of the step now may have been sent already,
// when last is the step last used.
func (r *run) isSpent(last, now int64) bool { return last >= now && last <= now+farSteps }

// awaitStepAfter waits until the step last is over.
func (r *run) awaitStepAfter(ctx context.Context, last int64) error {
	now := r.now()
	if !r.isSpent(last, stepOf(now)) {
		return nil
	}
	// Half a minute is not to be spent on learning that nobody can be asked.
	if err := r.anyReady(ctx); err != nil {
		return err
	}
	left := r.until(last + 1)
	if r.Notify != nil {
		r.Notify(fmt.Sprintf("%s; waiting %s for the next one.", r.lastWas("AWS refused the last MFA code", "The present MFA code was used already"), seconds(left)))
	}
	waitFor := r.Wait
	if waitFor == nil {
		waitFor = wait
	}
	defer r.pause(ctx)()
	if err := waitFor(ctx, left); err != nil {
		device := fmt.Sprintf("the MFA code of device %q ", r.req.Serial)
		return stepNotReached(device+r.lastWas("was refused", "was used already"), err, left, r.now().Sub(now))
	}
	return nil
}

// until is the time that is left until a step begins.
func (r *run) until(first int64) time.Duration {
	return time.Unix(first*int64(step/time.Second), 0).Sub(r.now())
}

// lastWas chooses the words for what became of the last code.
func (r *run) lastWas(refused, used string) string {
	if r.known.Refused {
		return refused
	}
	return used
}

// anyReady is nil when one of the ways can be used.
func (r *run) anyReady(ctx context.Context) error {
	var reasons []string
	for _, way := range r.ways {
		err := way.Ready(ctx)
		if !errors.Is(err, ErrUnavailable) {
			return err
		}
		reasons = append(reasons, reason(way, err))
	}
	return r.noWay(reasons)
}

func reason(way Way, err error) string { return way.Name() + ": " + err.Error() }

// Attended reports whether a person may be needed for the next code: some way
// other than a stored seed can be used.
func (c *Codes) Attended(ctx context.Context) bool {
	for _, way := range c.Ways {
		if way.Name() != NameSeed && way.Ready(ctx) == nil {
			return true
		}
	}
	return false
}

// ask asks the ways in order. The one that answered is the first to be asked
// another time.
func (r *run) ask(ctx context.Context) (Code, Way, error) {
	started := r.now()
	var reasons []string
	for i, way := range r.ways {
		code, err := way.Code(ctx, r.req)
		switch {
		case err == nil:
			r.ways = r.ways[i:]
			return code, way, nil
		case errors.Is(err, ErrUnavailable):
			reasons = append(reasons, reason(way, err))
			r.req.Note = cmp.Or(r.req.Note, noteOf(err))
			continue
		}
		// Only a person needs to be left in peace: a locked keychain or a
		// broken command is told again, as often as it is met.
		if way.Interactive() || errors.Is(err, ErrCancelled) {
			r.failed()
		}
		if errors.Is(err, ErrCancelled) {
			err = notAnswered(r.req, err, r.now().Sub(started))
		}
		return Code{}, nil, err
	}
	return Code{}, nil, r.noWay(reasons)
}

// failed notes that a prompt has just failed.
func (r *run) failed() {
	r.known.FailedAt = r.now().UnixMilli()
	r.device.save(r.known)
}

func (c *Codes) pause(ctx context.Context) (resume func()) {
	if c.Pause == nil {
		return func() {}
	}
	return c.Pause(ctx)
}

func (c *Codes) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// wait waits for d, or returns at once when ctx has not that much time left.
func wait(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
