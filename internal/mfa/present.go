package mfa

import (
	"context"
	"time"
)

// Shown is a code as a device shows it.
type Shown struct {
	Code
	Left time.Duration // until the device shows another
	Used bool          // a code of this step was sent already, as far as is known
}

// Present returns the code of the present step and notes nothing. Its errors
// are those of Use.
func (c *Codes) Present(ctx context.Context, req Request) (shown Shown, err error) {
	run := &run{Codes: c, req: req, device: openDevice(c.Dir, req.Serial), ways: c.Ways}
	run.known = run.device.load()
	// A code that came while the step changed may be of either.
	for range 2 {
		before := stepOf(c.now())
		if shown.Code, _, err = run.ask(ctx); err != nil {
			return Shown{}, err
		}
		now := stepOf(c.now())
		shown.Left, shown.Used = run.until(now+1), run.isSpent(run.known.LastStep, now)
		if now == before {
			break
		}
	}
	return shown, nil
}

// Fresh returns a code that was not sent yet, and waits for one if need be. It
// is noted as used. Its errors are those of Use.
func (c *Codes) Fresh(ctx context.Context, req Request) (shown Shown, err error) {
	err = c.Use(ctx, req, func(_ context.Context, code Code) error {
		shown = Shown{Code: code, Left: time.Unix((stepOf(c.now())+1)*int64(step/time.Second), 0).Sub(c.now())}
		return nil
	})
	return shown, err
}

// Spend notes that the codes of the present step and of those before it are
// used: they were sent in another way than by Use.
func (c *Codes) Spend(ctx context.Context, serial string) {
	device := openDevice(c.Dir, serial)
	unlock, err := device.lock(ctx)
	if err != nil {
		return // whoever holds it sends a code of its own, and notes that
	}
	defer unlock()
	device.save(memory{LastStep: stepOf(c.now())})
}

// TwoCodes are those of the last step and of the present one, as EnableMFADevice
// wants them from a device that shows what seed gives.
func TwoCodes(ctx context.Context, seed *Seed) (first, second Code, err error) {
	now := time.Now
	if seed.Now != nil {
		now = seed.Now
	}
	at := now()
	for _, code := range []struct {
		to *Code
		at time.Time
	}{{&first, at.Add(-step)}, {&second, at}} {
		then := &Seed{Load: seed.Load, Now: func() time.Time { return code.at }}
		if *code.to, err = then.Code(ctx, Request{}); err != nil {
			return Code{}, Code{}, err
		}
	}
	return first, second, nil
}
