package ststest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// route is one operation that is told by its method and path, as all are that
// don't speak the Query protocol.
type route struct {
	method string
	path   string // exact, or a prefix when it ends in "*"
	action string // the API's name for it, by which it is counted and faults find it

	// handle carries the request out. It runs with s.mu held, so that a check
	// and what follows from it are one step; now is the server's clock. An
	// error that is no *refusal is answered as an InternalFailure.
	handle func(s *Server, req *request, now time.Time) (reply, error)

	// refuse writes an error in the service's own protocol. A Status of 0
	// asks for the one that belongs to the Code there.
	refuse func(e *refusal) reply
}

// routes lists everything outside the Query protocol. The first that fits a
// request has it.
func routes() []route {
	return slices.Concat(
		oidcRoutes(),
		portalRoutes(),
		pageRoutes(),
		metadataRoutes(),
		containerRoutes(),
		signinRoutes(),
		federationRoutes(),
	)
}

// routeFor finds the route of a request, or nil for the Query protocol.
func routeFor(r *http.Request) *route {
	all := routes()
	i := slices.IndexFunc(all, func(rt route) bool {
		if rt.method != r.Method {
			return false
		}
		prefix, isPrefix := strings.CutSuffix(rt.path, "*")
		return rt.path == r.URL.Path || isPrefix && strings.HasPrefix(r.URL.Path, prefix)
	})
	if i < 0 {
		return nil
	}
	return &all[i]
}

// follow answers a request that has a route.
func (s *Server) follow(req *request) reply {
	now := s.Now()
	s.mu.Lock()
	rep, err := req.route.handle(s, req, now)
	if err == nil {
		s.succeeded[req.action]++
	}
	s.mu.Unlock()
	if err != nil {
		return s.refuse(req, err)
	}
	rep.requestID = newRequestID()
	return rep
}
