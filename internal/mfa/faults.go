package mfa

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/filelock"
)

// What a run says when it ends without a code. Each names the device, because
// a person has more than one, and the command that asks again.

func loginHint(req Request) string {
	if req.Again != "" {
		return "run: " + req.Again
	}
	return "run: awsmint login " + req.Profile
}

// noWay is the end when every way is unavailable. reasons has a line for each.
func (r *run) noWay(reasons []string) error {
	hint := r.noWayHint()
	if len(reasons) > 0 {
		hint += "\ntried " + strings.Join(reasons, "; ")
	}
	return fault.Wrap(ErrUnavailable, fault.Person,
		fmt.Sprintf("no way to ask for the MFA code of device %q", r.req.Serial), hint)
}

// noWayHint is what would help. A person who has just run login is not told to
// run it, nor anyone whom no way of the profile's could ask.
func (r *run) noWayHint() string {
	person, silenced, taken, process := false, false, false, ""
	for _, way := range r.Ways {
		person = person || way.Interactive()
		if _, ok := way.(forbidden); ok {
			silenced = true
		}
		if t, ok := way.(*Terminal); ok && t.Taken {
			taken = true
		}
		if p, ok := way.(*Process); ok && p.Command == "" {
			process = "set awsmint_mfa_process in the profile to a command that prints the code, or "
		}
	}
	switch {
	case !person:
		return process + fmt.Sprintf("add terminal to awsmint_mfa in profile %q; then %s", r.req.Profile, loginHint(r.req))
	case taken:
		return loginHint(r.req) + "   (in another terminal)"
	case r.Asked && silenced:
		return "unset AWSMINT_NO_INPUT and run the same command in a terminal"
	case r.Asked:
		return "run the same command in a terminal"
	}
	return loginHint(r.req) + "   (in a terminal)"
}

// notAnswered is the end when a prompt was cancelled or ran out of time.
func notAnswered(req Request, err error, waited time.Duration) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(err, fault.Person,
			fmt.Sprintf("no MFA code for device %q came within %s", req.Serial, seconds(waited)), loginHint(req))
	}
	return fault.Wrap(err, fault.Person,
		fmt.Sprintf("the prompt for the MFA code of device %q was cancelled", req.Serial), "to be asked again, "+loginHint(req))
}

func malformed(req Request) error {
	return fault.New(fault.Person,
		fmt.Sprintf("%d answers to the prompt for the MFA code of device %q were not six digits", maxAsks, req.Serial), loginHint(req))
}

func coolingDown(req Request, ago time.Duration) error {
	return fault.Wrap(ErrCooldown, fault.Person,
		fmt.Sprintf("not asking for the MFA code of device %q: a prompt was cancelled or failed %s ago", req.Serial, seconds(ago)),
		"to be asked again, "+loginHint(req))
}

// busy is the end of waiting for another process that asks for this device.
func busy(req Request, err error, waited time.Duration) error {
	who := "another process"
	var held *filelock.HeldError
	if errors.As(err, &held) && held.PID != 0 {
		who = fmt.Sprintf("process %d", held.PID)
	}
	return fault.Wrap(err, fault.Person,
		fmt.Sprintf("%s is asking for the MFA code of device %q, and has not finished after %s", who, req.Serial, seconds(waited)),
		"answer its prompt or end it, then "+loginHint(req))
}

// stepNotReached is the end when the wait for the next code ended early. spent
// is what became of the present one.
func stepNotReached(spent string, err error, wait, waited time.Duration) error {
	return fault.Wrap(fmt.Errorf("%w: %w", ErrCancelled, err), fault.Person,
		fmt.Sprintf("%s, and this run ended before the next one came (after %s of %s)", spent, seconds(waited), seconds(wait)),
		"run it again in "+seconds(max(wait-waited, time.Second)))
}

// clockBack is the end when the clock keeps falling behind the step last used.
func clockBack(req Request) error {
	return fault.New(fault.Failure,
		fmt.Sprintf("the clock went back while the MFA code of device %q was asked for", req.Serial),
		"check the clock, then "+loginHint(req))
}

// seconds is d in whole seconds, rounded up: "1 s" is never "0 s".
func seconds(d time.Duration) string {
	return fmt.Sprintf("%d s", (max(d, 0)+time.Second-1)/time.Second)
}
