// Package ststest is a loopback STS and IAM for tests, the demo and the
// benchmark, with the other places where credentials come from: IAM Identity
// Center, AWS Sign-In, instances and containers. It checks what AWS checks
// (signatures, session tokens, expiry, one-time codes, limits, trust) and
// refuses in AWS's own codes and texts, so that a client which satisfies it
// has been put to the proof. Every key, seed and token in it is made up. The
// shipped binary never links it.
package ststest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/awsmint/awsmint/internal/fault"
)

// AccountID is the account that all users belong to.
const AccountID = "111122223333"

// Options says where and how a Server runs. The zero value will do.
type Options struct {
	Addr string           // host:port to listen on; empty: 127.0.0.1:0. Loopback only.
	Now  func() time.Time // the clock; nil: time.Now
	Log  io.Writer        // one line a request, without secrets; nil: none
}

// Server is a running STS and IAM. All its methods may be called from any
// goroutine.
type Server struct {
	url      string
	clock    func() time.Time
	signer   *v4.Signer
	http     *http.Server
	served   chan struct{} // closed when the accept loop has ended
	closing  chan struct{} // closed by Close, to end what hangs
	inFlight sync.WaitGroup

	logMu sync.Mutex
	log   io.Writer

	mu          sync.Mutex // guards all that follows
	closed      bool
	skew        time.Duration
	lifetime    time.Duration
	propagation time.Duration
	users       map[string]User        // by name
	selfService map[string]SelfService // by user name
	devices     map[string]*device     // by serial number
	credentials map[string]*credential // by access key id
	roles       map[string]*role       // by ARN
	sso         ssoStore
	issuer      webIssuer                 // of web identity tokens
	metadata    metadataStore             // of instances and containers
	logins      map[string]*login         // by login session
	consoles    map[string]consoleSession // by sign-in token
	calls       map[string]int            // by action
	succeeded   map[string]int            // by action
	faults      []*armed
	changed     chan struct{} // closed and replaced at each arrival
}

// Start listens on o.Addr and serves until Close.
func Start(o Options) (*Server, error) {
	listener, err := listenLoopback(o.Addr)
	if err != nil {
		return nil, err
	}
	s := &Server{
		url:         "http://" + listener.Addr().String(),
		clock:       o.Now,
		signer:      v4.NewSigner(),
		served:      make(chan struct{}),
		closing:     make(chan struct{}),
		log:         o.Log,
		users:       map[string]User{},
		selfService: map[string]SelfService{},
		devices:     map[string]*device{},
		credentials: map[string]*credential{},
		roles:       map[string]*role{},
		sso:         newSSOStore(),
		logins:      map[string]*login{},
		consoles:    map[string]consoleSession{},
		calls:       map[string]int{},
		succeeded:   map[string]int{},
		changed:     make(chan struct{}),
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	s.http = &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		// Connections broken on purpose are not worth a line each.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(&droppingListener{Listener: listener, server: s})
	}()
	return s, nil
}

// listenLoopback refuses every address that others could reach: the server
// knows secrets and hands out credentials, though made-up ones.
func listenLoopback(addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	resolved, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, fmt.Sprintf("%q is not an address to listen on", addr),
			"give a loopback address with a port, such as 127.0.0.1:0")
	}
	if !resolved.IP.IsLoopback() {
		return nil, fault.New(fault.Usage, fmt.Sprintf("%q is not a loopback address", addr),
			"this server is for tests; give a loopback address, such as 127.0.0.1:0")
	}
	listener, err := net.ListenTCP("tcp", resolved)
	if err != nil {
		return nil, fault.Wrap(err, fault.Failure, fmt.Sprintf("can't listen on %q: %v", addr, err),
			"give a free port, or port 0 for any")
	}
	return listener, nil
}

// Close stops listening, ends every request that hangs, closes all
// connections and waits for the requests in work. It may be called again.
func (s *Server) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	err := s.http.Close()
	s.inFlight.Wait()
	<-s.served
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// URL is the endpoint of all services, without a trailing slash. STS and IAM
// are told apart by the request's Version and by the service in its credential
// scope, the others by their paths.
func (s *Server) URL() string { return s.url }

// Handler serves the same state elsewhere, for instance behind TLS with
// httptest.NewTLSServer. DropBefore faults belong to Start's own listener and
// do not reach it.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Now is the server's clock: Options.Now and the skew. Codes for this server
// are made with it.
func (s *Server) Now() time.Time {
	now := s.clock() // outside the lock: a test's clock may block
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Add(s.skew)
}

// SetSkew puts the server's clock d ahead of Options.Now. The Date header,
// the check of signatures and codes, and expirations all follow it.
func (s *Server) SetSkew(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = d
}

// SetSessionLifetime makes all credentials handed out from now on expire d
// after the server's clock, whatever duration was asked for; the duration
// must be a valid one all the same. 0: as asked.
func (s *Server) SetSessionLifetime(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lifetime = d
}

// pause waits for d, or for ever when d is negative. It reports whether d
// went by; false means that the client has gone or the server closes.
func (s *Server) pause(ctx context.Context, d time.Duration) bool {
	var passed <-chan time.Time
	if d >= 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		passed = timer.C
	}
	select {
	case <-passed:
		return true
	case <-ctx.Done():
	case <-s.closing:
	}
	return false
}
