// Package endpoint offers credentials to one program on this machine, in the
// way that SDKs take them in a container: over HTTP on loopback, with a token
// that only the program knows. The program asks again whenever it likes and so
// always has credentials that live, however long it runs.
//
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
package endpoint

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// What a client may take its time for. None has a reason to be slow: it is on
// this machine, and sends a few hundred bytes.
const (
	headerTimeout = 5 * time.Second
	idleTimeout   = time.Minute
	writeGrace    = 10 * time.Second // beyond the time that a provider may take
	maxHeader     = 16 << 10         // bytes; net/http adds 4 KiB
)

// defaultTimeout is how long the provider may take for one renewal: as long as
// a run of awsmint may ask a person.
const defaultTimeout = 55 * time.Second

// The sizes of what is random, in bytes.
const (
	tokenSize = 32
	pathSize  = 16
)

// Options says how a Server works. The zero value will do.
type Options struct {
	Log     *slog.Logger     // for what is refused and renewed, without credentials; nil: none
	Now     func() time.Time // the clock; nil: time.Now
	Timeout time.Duration    // of one renewal; 0: 55 s
}

// Server is a running endpoint. Its methods may be called from any goroutine.
type Server struct {
	url    string
	path   string
	hosts  []string // what a Host header may be
	token  secret.String
	keeper *keeper
	log    *slog.Logger
	http   *http.Server
	served chan struct{} // closed when the accept loop has ended
}

// Start asks the provider for the first credentials, listens on a free port of
// 127.0.0.1 and serves until Close. ctx bounds the first retrieval alone, whose
// error is returned as it is: what can't be had is to be known before a program
// is started. Later ones are made in the background, early enough that requests
// are answered from memory, with ctx's values and Options.Timeout.
func Start(ctx context.Context, provider aws.CredentialsProvider, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	k, err := newKeeper(ctx, provider, o)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		k.close()
		return nil, fault.Wrap(err, fault.Failure, "can't listen on 127.0.0.1: "+err.Error(),
			"the system has no port left, or forbids it; without --server the credentials are passed as environment variables")
	}
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	s := &Server{
		path:   "/" + randomText(pathSize),
		hosts:  []string{address, "localhost:" + port},
		token:  secret.New(randomText(tokenSize)),
		keeper: k,
		log:    o.Log,
		served: make(chan struct{}),
	}
	s.url = "http://" + address + s.path
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       headerTimeout,
		WriteTimeout:      o.Timeout + writeGrace,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(io.Discard, "", 0), // it quotes what clients send
	}
	go k.renewInTime()
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener)
	}()
	return s, nil
}

// randomText is n random bytes in hex, which no header, URL or shell changes.
func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Close stops listening, breaks all connections off and ends the renewals. It
// may be called again.
func (s *Server) Close() error {
	s.keeper.close()
	err := s.http.Close()
	<-s.served
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// URL is where the credentials are: http, 127.0.0.1, a random path.
func (s *Server) URL() string { return s.url }

// Token is what the Authorization header has to be.
func (s *Server) Token() secret.String { return s.token }

// Variables are what tells the SDKs of the endpoint.
func (s *Server) Variables() []child.Variable {
	return []child.Variable{
		{Name: "AWS_CONTAINER_CREDENTIALS_FULL_URI", Value: secret.New(s.url)},
		{Name: "AWS_CONTAINER_AUTHORIZATION_TOKEN", Value: s.token},
	}
}
