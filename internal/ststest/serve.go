package ststest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// maxBody is the largest request body read, in bytes. AWS's own limit for
// the Query protocol is not documented; SDK requests stay under 20 KB.
const maxBody = 1 << 20

// The API versions, which tell the two services apart.
const (
	stsVersion = "2011-06-15"
	iamVersion = "2010-05-08"
)

// request is one request, read whole.
type request struct {
	http            *http.Request
	body            []byte
	form            url.Values
	action, version string
	route           *route // nil: the Query protocol
}

// call is a request that has been authenticated.
type call struct {
	form   url.Values
	caller *credential // nil where nobody has to sign
	now    time.Time
}

// operation is one action of one service.
type operation struct {
	service string // as in the credential scope; empty: nobody has to sign
	run     func(*Server, *call) (any, error)
}

// operationFor lists everything that the server can do.
func operationFor(version, action string) (operation, bool) {
	switch version + " " + action {
	case stsVersion + " GetSessionToken":
		return operation{"sts", (*Server).getSessionToken}, true
	case stsVersion + " GetFederationToken":
		return operation{"sts", (*Server).getFederationToken}, true
	case stsVersion + " GetCallerIdentity":
		return operation{"sts", (*Server).getCallerIdentity}, true
	case stsVersion + " AssumeRole":
		return operation{"sts", (*Server).assumeRole}, true
	case stsVersion + " AssumeRoleWithWebIdentity":
		return operation{"", (*Server).assumeRoleWithWebIdentity}, true
	case iamVersion + " " + action:
		run, ok := iamOperation(action)
		return operation{"iam", run}, ok
	}
	return operation{}, false
}

// serve takes one request from its arrival to its answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		panic(http.ErrAbortHandler) // the client went while it was sending
	}
	req := parse(r, body)
	f, ok := s.arrive(req.action)
	if !ok {
		panic(http.ErrAbortHandler) // closed
	}
	defer s.inFlight.Done()

	if f != nil && !f.Late && s.suffer(w, req, *f) {
		return
	}
	var rep reply
	if tooLarge != nil {
		rep = s.refuse(req, &refusal{Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLarge",
			Message: fmt.Sprintf("Request size exceeded the limit of %d bytes", maxBody)})
	} else {
		rep = s.answer(req)
	}
	if f != nil && f.Late && s.suffer(w, req, *f) {
		return
	}
	s.send(w, req, rep)
}

// parse reads the parameters: from the body of a POST, from the query of a
// GET. A body that is not a form has no action, and is refused as such, unless
// the request's path says what it is.
func parse(r *http.Request, body []byte) *request {
	encoded := r.URL.RawQuery
	if r.Method == http.MethodPost {
		encoded = string(body)
	}
	form, err := url.ParseQuery(encoded)
	if err != nil {
		form = url.Values{}
	}
	req := &request{http: r, body: body, form: form, action: form.Get("Action"), version: form.Get("Version")}
	if req.route = routeFor(r); req.route != nil {
		req.action, req.version = req.route.action, ""
	}
	return req
}

// answer performs the request, all under the one lock: a code is checked and
// spent, and a session made, as one step.
func (s *Server) answer(req *request) reply {
	if req.route != nil {
		return s.follow(req)
	}
	now := s.Now()
	s.mu.Lock()
	result, err := s.perform(req, now)
	if err == nil {
		s.succeeded[req.action]++
	}
	s.mu.Unlock()
	if err != nil {
		return s.refuse(req, err)
	}
	return success(req, result)
}

// perform finds the action, then the caller, then does it: the order in which
// AWS refuses.
func (s *Server) perform(req *request, now time.Time) (any, error) {
	if req.http.URL.Path != "/" || (req.http.Method != http.MethodPost && req.http.Method != http.MethodGet) {
		return nil, &refusal{Status: http.StatusNotFound, Code: "UnknownOperationException"}
	}
	if req.action == "" {
		return nil, refused("MissingAction", "The request must contain the parameter Action")
	}
	op, known := operationFor(req.version, req.action)
	if !known {
		version := req.version
		if version == "" {
			version = "NO_VERSION_SPECIFIED"
		}
		return nil, refused("InvalidAction", "Could not find operation %s for version %s", req.action, version)
	}
	if op.service == "" {
		return op.run(s, &call{form: req.form, now: now})
	}
	caller, err := s.authenticate(req, op.service, now)
	if err != nil {
		return nil, err
	}
	if err := mayCall(caller, op.service, req.action); err != nil {
		return nil, err
	}
	if err := s.checkPolicy(caller, op.service, req); err != nil {
		return nil, err
	}
	return op.run(s, &call{form: req.form, caller: caller, now: now})
}
