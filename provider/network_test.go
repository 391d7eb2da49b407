package provider_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
)

// undated is an STS that refuses everyone and leaves out the Date header.
func undated(t *testing.T, body string) (url string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestRefusedConnection(t *testing.T) {
	w := newWorld(t)
	w.env["AWS_ENDPOINT_URL_STS"] = nowhere
	_, err := w.mint(w.settings(), brief)
	w.wantSaid(err, fault.Network, nowhere+" can't be reached", "refused", "check the network")
}

func TestNameThatDoesNotResolve(t *testing.T) {
	w := newWorld(t)
	w.env["AWS_ENDPOINT_URL_STS"] = "https://sts.awsmint.invalid"
	_, err := w.mint(w.settings(), brief)
	w.wantSaid(err, fault.Network, `the name "sts.awsmint.invalid" can't be resolved|no answer from https://sts.awsmint.invalid`, "check the network")
}

func TestNoAnswer(t *testing.T) {
	w := newWorld(t)
	w.sts.Inject(ststest.Fault{Hang: true})
	go func() { // by the shared clock the wait takes 20 s
		if err := w.sts.WaitFor(context.Background(), "GetSessionToken", 1); err == nil {
			w.clock.advance(20 * time.Second)
		}
	}()
	_, err := w.mint(noMFA, brief)
	w.wantSaid(err, fault.Network, "no answer from "+w.sts.URL()+" in 20s", "check the network")
}

func TestAnswerThatStopsHalfway(t *testing.T) {
	w := newWorld(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write([]byte("<GetSessionTokenResponse>"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	w.env["AWS_ENDPOINT_URL_STS"] = s.URL
	_, err := w.mint(w.settings(), brief)
	w.wantSaid(err, fault.Network, "no answer from "+s.URL+" in ", "check the network")
}

func TestCancelledWhileAWSIsAsked(t *testing.T) {
	for _, lines := range []string{noMFA, ""} {
		w := newWorld(t)
		if lines == "" {
			lines = w.settings()
		}
		w.sts.Inject(ststest.Fault{Hang: true})
		ctx, cancel := context.WithCancel(within(t))
		go func() {
			if err := w.sts.WaitFor(ctx, "GetSessionToken", 1); err == nil {
				cancel()
			}
		}()
		_, err := w.cached(lines).Retrieve(ctx)
		wantFault(t, err, fault.Person, "cancelled")
		if !errors.Is(err, context.Canceled) {
			t.Error("the context's error is lost")
		}
		w.wantCalls(1)
	}
}

// TestAnswersThatAreNotOfSTS come from proxies, portals and wrong endpoints.
func TestAnswersThatAreNotOfSTS(t *testing.T) {
	const page = "<!DOCTYPE html><html><head><title>Blocked</title></head><body><p>Ask your administrator<br></body></html>"
	for _, test := range []struct {
		name, contentType, body string
		status                  int
	}{
		{"bad gateway", "text/html", page, 502},
		{"gateway timeout without a body", "text/plain", "", 504},
		{"blocked", "text/html", page, 403},
		{"not found", "application/json", `{"message":"not found"}`, 404},
		{"moved", "text/html", page, 301},
		{"a portal's page", "text/html", page, 200},
		{"half an answer", "text/xml", "<GetSessionTokenResponse><GetSessionTokenResult><Cred", 200},
		{"another XML", "text/xml", "<Error><a/></Error>", 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			url := unverified(t, test.status, test.contentType, test.body)
			w.env["AWS_ENDPOINT_URL_STS"] = url
			_, err := w.mint(w.settings())
			w.wantSaid(err, fault.Network, url+" answered with HTTP status ", http.StatusText(test.status)+"|nothing that STS would say", "check the network")
			if strings.Contains(err.Error(), "administrator") {
				t.Errorf("the page is in: %v", err)
			}
		})
	}
}
