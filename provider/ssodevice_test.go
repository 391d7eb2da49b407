package provider_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// approveAt lets the person answer before the poll of this number.
func (d *device) approveAt(n int, allow bool) {
	d.decide = func(code string, poll int) {
		if poll == n {
			if err := d.w.sts.ApproveDevice(code, allow); err != nil {
				d.w.t.Error(err)
			}
		}
	}
}

// TestDeviceCode is told with its page, and polled at the pace that AWS names.
func TestDeviceCode(t *testing.T) {
	w := newSSOWorld(t)
	d := &device{w: w}
	d.approveAt(3, true)
	w.mustGet("dev", d.at)
	w.want(1, 3, 1)
	second := time.Second
	if diff := cmp.Diff([]time.Duration{second, second, second}, d.waits); diff != "" {
		t.Error(diff)
	}
	if len(d.told) != 1 || !strings.Contains(d.told[0], "within 10 minutes:") || !strings.Contains(d.told[0], w.sts.URL()+"/device?user_code="+d.code()+"\n") {
		t.Errorf("told: %q", d.told)
	}

	// It is renewed like any other, and signed in to anew with the same client.
	w.clock.advance(57 * time.Minute)
	w.sts.Reset()
	w.mustGet("ops")
	w.want(0, 1, 1)
	w.clock.advance(9 * time.Hour)
	w.sts.Reset()
	d.waits = nil
	d.approveAt(1, true)
	w.mustGet("dev", d.at)
	w.want(0, 2, 1)
}

// TestSlowDown: each time that AWS says so, five seconds are added, and they
// stay.
func TestSlowDown(t *testing.T) {
	w := newSSOWorld(t)
	d := &device{w: w}
	d.approveAt(4, true)
	w.sts.Inject(ststest.Fault{Action: "CreateToken", Times: 2, Status: 400, Code: "SlowDownException"})
	w.mustGet("dev", d.at)
	want := []time.Duration{time.Second, 6 * time.Second, 11 * time.Second, 11 * time.Second}
	if diff := cmp.Diff(want, d.waits); diff != "" {
		t.Error(diff)
	}
}

// TestPollWithoutAnswer goes slower, and on.
func TestPollWithoutAnswer(t *testing.T) {
	w := newSSOWorld(t)
	d := &device{w: w}
	d.approveAt(2, true)
	w.sts.Inject(ststest.Fault{Action: "CreateToken", Times: 1, ResetConn: true})
	w.mustGet("dev", d.at, oneTry)
	if diff := cmp.Diff([]time.Duration{time.Second, 6 * time.Second}, d.waits); diff != "" {
		t.Error(diff)
	}
}

func TestDeviceCodeThatComesToNothing(t *testing.T) {
	for _, c := range []struct {
		name   string
		decide func(d *device)
		polls  int
		words  []string
	}{
		{"declined", func(d *device) { d.approveAt(2, false) }, 2, []string{"declined in the browser", "run: awsmint login dev"}},
		{"AWS says that it is over", func(d *device) {
			d.decide = func(string, int) { d.w.clock.advance(11 * time.Minute) }
		}, 1, []string{"nobody gave the code", "run: awsmint login dev"}},
		{"our clock says so", func(d *device) {
			d.decide = func(string, int) { d.w.clock.advance(200 * time.Second); d.w.sts.SetSkew(-time.Hour) }
		}, 3, []string{"nobody gave the code"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newSSOWorld(t)
			d := &device{w: w}
			c.decide(d)
			_, err := w.get("dev", d.at)
			wantFault(t, err, fault.Person, c.words...)
			w.want(1, c.polls, 0)
		})
	}
	t.Run("the code can't be shown", func(t *testing.T) {
		t.Parallel()
		w := newSSOWorld(t)
		_, err := w.get("dev", func(o *provider.Options) {
			o.SignIn = &provider.SignIn{Tell: func(string) error { return errors.New("no terminal") }}
		})
		wantFault(t, err, fault.Person, "no terminal", "run this in a terminal: awsmint login dev")
		w.want(1, 0, 0)
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		w := newSSOWorld(t)
		ctx, cancel := context.WithCancel(within(t))
		d := &device{w: w, decide: func(string, int) { cancel() }}
		o := w.options()
		d.at(&o)
		_, err := provider.SignInTo(ctx, w.linkOf("dev"), o, false)
		wantFault(t, err, fault.Person, "cancelled")
		w.want(1, 0, 0)
	})
	t.Run("a registration that AWS forgot", func(t *testing.T) {
		t.Parallel()
		w := newSSOWorld(t)
		d := &device{w: w}
		d.approveAt(1, true)
		w.mustGet("dev", d.at)
		w.clock.advance(9 * time.Hour)
		w.sts.Reset()
		w.sts.Inject(ststest.Fault{Action: "StartDeviceAuthorization", Times: 1, Status: 401, Code: "InvalidClientException"})
		d.waits = nil
		w.mustGet("dev", d.at)
		w.want(1, 2, 1) // a refresh, in vain
	})
	t.Run("a portal that AWS does not know", func(t *testing.T) {
		t.Parallel()
		w := newSSOWorld(t)
		w.sts.Inject(ststest.Fault{Action: "StartDeviceAuthorization", Status: 400, Code: "InvalidRequestException"})
		d := &device{w: w}
		_, err := w.get("dev", d.at)
		wantFault(t, err, fault.Refused, "refused StartDeviceAuthorization", "sso_region (eu-west-1)", startURL)
	})
}
