package ststest

import (
	"net"
	"net/http"
	"slices"
	"time"
)

// Fault is something that goes wrong on purpose. Of several that fit a
// request, the one injected first befalls it. Delay may be joined with each
// of the others; of those, Hang goes before ResetConn and that before Status
// and Code. A fault without any of them changes nothing but is used up.
type Fault struct {
	Action string // the action it befalls; empty: any
	Times  int    // how many requests; 0: all until Reset
	Late   bool   // the request is carried out first (its code is spent, it counts as succeeded) and only its answer is lost

	Delay     time.Duration // before anything else
	Hang      bool          // no answer until the client goes or the server closes
	ResetConn bool          // TCP RST once the request has been read

	// DropBefore is a TCP RST on each new connection before a byte of it is
	// read, so Action and Late are not looked at, no call is counted, and
	// Times counts connections. Connections kept alive are not touched.
	DropBefore bool

	// An error answer. Either gives the other: Status follows Code as with
	// AWS; without Code it is InternalFailure from 500 up, else AccessDenied.
	Status  int
	Code    string
	Message string // of the error; empty is AWS's text for throttling and inner failures
}

// armed is a fault with the number of times that are left, -1 for no end.
type armed struct {
	Fault
	left int
}

// Inject adds a fault.
func (s *Server) Inject(f Fault) {
	a := &armed{Fault: f, left: f.Times}
	if f.Times <= 0 {
		a.left = -1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, a)
}

// take uses up one time of the first fault that fits, if any. The caller
// holds s.mu.
func (s *Server) take(fits func(Fault) bool) *Fault {
	i := slices.IndexFunc(s.faults, func(a *armed) bool { return fits(a.Fault) })
	if i < 0 {
		return nil
	}
	a := s.faults[i]
	if a.left > 0 {
		if a.left--; a.left == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
	}
	return &a.Fault
}

// suffer lets f befall the request and reports whether that was its end.
func (s *Server) suffer(w http.ResponseWriter, req *request, f Fault) bool {
	if f.Delay > 0 && !s.pause(req.http.Context(), f.Delay) {
		s.abandon(req, "gone during a delay")
	}
	switch {
	case f.Hang:
		s.pause(req.http.Context(), -1)
		s.abandon(req, "hung")
	case f.ResetConn:
		s.record(req, "reset", "")
		reset(w)
	case f.Status != 0 || f.Code != "":
		s.send(w, req, s.refuse(req, f.refusal()))
	default:
		return false
	}
	return true
}

// abandon closes the connection without an answer.
func (s *Server) abandon(req *request, why string) {
	s.record(req, why, "")
	panic(http.ErrAbortHandler)
}

// refusal is the fault's error answer, with what it leaves open filled in.
func (f Fault) refusal() *refusal {
	e := &refusal{Status: f.Status, Code: f.Code, Message: f.Message}
	if e.Code == "" {
		e.Code = "AccessDenied"
		if e.Status >= http.StatusInternalServerError {
			e.Code = "InternalFailure"
		}
	}
	if e.Message == "" {
		switch e.Code {
		case "Throttling", "ThrottlingException":
			e.Message = "Rate exceeded"
		case "InternalFailure":
			e.Message = "We encountered an internal error. Please try again."
		}
	}
	return e
}

// reset takes the connection from the HTTP server and ends it with an RST.
// One that can't be taken (HTTP/2) is closed instead.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	closeWithRST(conn)
}

func closeWithRST(conn net.Conn) {
	if encrypted, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = encrypted.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // close then discards instead of finishing
	}
	_ = conn.Close()
}

// droppingListener is where DropBefore happens.
type droppingListener struct {
	net.Listener
	server *Server
}

func (l *droppingListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.server.mu.Lock()
		f := l.server.take(func(f Fault) bool { return f.DropBefore })
		l.server.mu.Unlock()
		if f == nil {
			return conn, nil
		}
		closeWithRST(conn)
	}
}
