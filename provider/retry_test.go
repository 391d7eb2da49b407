package provider_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// TestMain lets more tests run at once than there are processors: those that
// are parallel wait for the pauses between two tries.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// passing is what may go wrong with a request that a second one may not meet.
var passing = map[string]ststest.Fault{
	"500":                      {Status: 500},
	"500 after it was done":    {Status: 500, Late: true},
	"503":                      {Code: "ServiceUnavailable", Message: "Service is unable to handle request."},
	"throttling":               {Code: "Throttling"},
	"reset":                    {ResetConn: true},
	"reset after it was done":  {ResetConn: true, Late: true},
	"reset before it was read": {DropBefore: true},
}

// TestCodeIsSentOnce: AWS takes a code once, and nobody knows what became of
// the request.
func TestCodeIsSentOnce(t *testing.T) {
	for name, f := range passing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			f.Times = 1
			w.sts.Inject(f)
			_, err := w.mint(w.settings())
			if f.DropBefore && err == nil {
				w.wantCalls(1) // it broke as early as while dialling, and was dialled again
				return
			}
			wantFault(t, err, fault.Network)
			if !f.DropBefore {
				w.wantCalls(1)
			}
		})
	}
	t.Run("no answer", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.sts.Inject(ststest.Fault{Hang: true, Times: 1})
		_, err := w.mint(w.settings(), brief)
		wantFault(t, err, fault.Network, "no answer from "+w.sts.URL())
		w.wantCalls(1)
	})
	t.Run("a redirection", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.sts.Inject(ststest.Fault{Status: 307, Code: "TemporaryRedirect", Times: 1})
		if _, err := w.mint(w.settings()); err == nil {
			t.Error("no error")
		}
		w.wantCalls(1)
	})
}

func TestRequestWithoutCodeIsRetried(t *testing.T) {
	for name, f := range passing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			f.Times = 1
			w.sts.Inject(f)
			w.mustMint(noMFA)
			if f.DropBefore {
				w.wantCalls(1)
			} else {
				w.wantCalls(2)
			}
		})
	}
	t.Run("two in a row", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.sts.Inject(ststest.Fault{Status: 500, Times: 2})
		w.mustMint(noMFA)
		w.wantCalls(3)
	})
}

// TestRefusalIsNotRetried: what AWS refused it will refuse again.
func TestRefusalIsNotRetried(t *testing.T) {
	for name, f := range map[string]ststest.Fault{
		"access denied": {Code: "AccessDenied", Message: "no"},
		"unknown key":   {Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."},
		"clock":         {Code: "SignatureDoesNotMatch", Message: "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (20260101T002000Z - 15 min.)"},
		"another clock": {Code: "RequestExpired", Message: "Request has expired."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.sts.Inject(f)
			_, err := w.mint(noMFA)
			wantFault(t, err, fault.Refused)
			w.wantCalls(1)
		})
	}
}

// TestRetriesEndWithTheTimeout and say what AWS said, not only that time is up.
func TestRetriesEndWithTheTimeout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sts.Inject(ststest.Fault{Code: "Throttling"})
	started := time.Now()
	_, err := w.mint(noMFA, func(o *provider.Options) { o.Timeout = 1500 * time.Millisecond })
	wantFault(t, err, fault.Network, "AWS could not answer GetSessionToken", "Rate exceeded", "Throttling")
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}
