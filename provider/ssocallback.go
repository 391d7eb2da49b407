package provider

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// callbackPath is where the browser is sent back to. It is the AWS CLI's.
const callbackPath = "/oauth/callback"

// The limits of the page on this machine.
const (
	callbackHeader = 5 * time.Second // to read a request's header
	callbackFinish = time.Second     // for the last page to reach the browser
)

// errDenied says that the person declined.
var errDenied = errors.New("denied")

// callback is the page on this machine that the browser is sent back to. It
// takes one answer, which its state proves to be the one that was asked for,
// and shows what came of it only when it is known.
type callback struct {
	host   string // 127.0.0.1 and the port
	state  secret.String
	redeem func(code secret.String) (signedIn, error)

	once sync.Once
	done chan struct{} // closed when got and err are there
	got  signedIn
	err  error
}

// serve answers on the listener until stop is called, which waits for the page
// that is being sent.
func (c *callback) serve(listener net.Listener) (stop func()) {
	server := &http.Server{
		Handler:           c,
		ReadHeaderTimeout: callbackHeader,
		// Nobody reads what a browser that breaks off would be worth.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() { _ = server.Serve(listener) }()
	return sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), callbackFinish)
		defer cancel()
		// Browsers open connections that they then send nothing on.
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
	})
}

// ServeHTTP takes what has the right state, and goes on waiting after the rest.
// That the Host is ours keeps out what a name that leads here would bring.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	switch query := r.URL.Query(); {
	case r.Host != c.host:
		http.Error(w, "wrong host", http.StatusBadRequest)
	case r.URL.Path != callbackPath || r.Method != http.MethodGet:
		http.NotFound(w, r)
	case !c.expected(query):
		pageStrange.write(w)
	default:
		c.once.Do(func() { c.take(query) })
		c.outcome().write(w)
	}
}

// expected reports whether the answer has the state that was sent, and says
// something.
func (c *callback) expected(query url.Values) bool {
	same := subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(c.state.Reveal())) == 1
	return same && (query.Get("code") != "" || query.Get("error") != "")
}

func (c *callback) take(query url.Values) {
	defer close(c.done)
	switch problem := query.Get("error"); problem {
	case "":
		c.got, c.err = c.redeem(secret.New(query.Get("code")))
	case "access_denied":
		c.err = errDenied
	default:
		c.err = fault.New(fault.Refused,
			fmt.Sprintf("IAM Identity Center sent the browser back with an error: %s (%s)", short(query.Get("error_description")), short(problem)),
			"the words are AWS's; run the same command again, or show them to who looks after IAM Identity Center")
	}
}

func (c *callback) outcome() page {
	switch {
	case c.err == nil:
		return pageSignedIn
	case errors.Is(c.err, errDenied):
		return pageDeclined
	}
	return pageFailed
}
