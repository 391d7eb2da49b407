package browser

import (
	"context"
	"crypto/rand"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// The limits of the page on this machine that leads on to a private one.
const (
	privateHeader = 5 * time.Second // to read a request's header
	privateFinish = time.Second     // for the answer to reach the browser
)

// OpenPrivate opens a page whose address is a secret, until ctx ends. A
// browser gets its page in its arguments, which every user of the machine can
// read; so it is given the address of a page on this machine, which leads on
// to the private one for whoever comes first. On Linux that must be a process
// of the same user.
func (b *Browser) OpenPrivate(ctx context.Context, page secret.String) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fault.Wrap(err, fault.Failure, "no page can be served on this machine: "+err.Error(), "print the address: --print")
	}
	door := &door{host: listener.Addr().String(), path: "/" + rand.Text(), page: page, passed: make(chan struct{})}
	server := &http.Server{Handler: door, ReadHeaderTimeout: privateHeader, ErrorLog: log.New(io.Discard, "", 0)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	defer func() {
		finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), privateFinish)
		defer cancel()
		if server.Shutdown(finish) != nil {
			_ = server.Close()
		}
		<-served
	}()
	if err := b.Open("http://" + door.host + door.path); err != nil {
		return err
	}
	select {
	case <-door.passed:
		return nil
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Person, "the browser did not open the page", "print the address and open it by hand: --print")
	}
}

// door leads one browser on to the private page.
type door struct {
	host, path string
	page       secret.String

	once   sync.Once
	passed chan struct{} // closed when somebody has been led on
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	// Another user of the machine can have read the address in the browser's
	// arguments, and be here before it.
	if r.Host != d.host || r.URL.Path != d.path || r.Method != http.MethodGet || isStranger(r.RemoteAddr, d.host) {
		http.NotFound(w, r)
		return
	}
	first := false
	d.once.Do(func() { first = true })
	if !first {
		http.Error(w, "this page works once", http.StatusGone)
		return
	}
	defer close(d.passed)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Location", d.page.Reveal())
	w.WriteHeader(http.StatusSeeOther)
}
