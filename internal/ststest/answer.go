package ststest

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"
)

// timeFormat is how answers write a time.
const timeFormat = "2006-01-02T15:04:05Z"

// refusal is an error as AWS answers it.
type refusal struct {
	Status  int // 0: the one that belongs to Code
	Code    string
	Message string
}

func (e *refusal) Error() string { return e.Code + ": " + e.Message }

func refused(code, format string, args ...any) error {
	return &refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

// statusOf is the HTTP status that AWS sends with an error code.
func statusOf(code string) int {
	switch code {
	case "AccessDenied", "InvalidAuthenticationCode", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "ExpiredTokenException",
		"MissingAuthenticationToken", "OptInRequired", "RegionDisabledException":
		return http.StatusForbidden
	case "NoSuchEntity":
		return http.StatusNotFound
	case "DeleteConflict", "EntityAlreadyExists", "LimitExceeded":
		return http.StatusConflict
	case "InternalFailure", "ServiceFailure":
		return http.StatusInternalServerError
	case "ServiceUnavailable":
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// reply is an answer ready to be sent.
type reply struct {
	status    int
	code      string // of a refusal; empty on success
	requestID string
	header    http.Header // what differs from send's own; may be nil
	body      []byte
}

func namespace(version string) string {
	if version == iamVersion {
		return "https://iam.amazonaws.com/doc/" + iamVersion + "/"
	}
	return "https://sts.amazonaws.com/doc/" + stsVersion + "/"
}

// success wraps result, whose XMLName is the action's result element.
func success(req *request, result any) reply {
	type metadata struct{ RequestId string }
	id := newRequestID()
	return reply{status: http.StatusOK, requestID: id, body: encode(struct {
		XMLName          xml.Name
		Result           any
		ResponseMetadata metadata
	}{xml.Name{Space: namespace(req.version), Local: req.action + "Response"}, result, metadata{id}})}
}

func (s *Server) refuse(req *request, err error) reply {
	var e *refusal
	if !errors.As(err, &e) {
		e = &refusal{Code: "InternalFailure", Message: err.Error()}
	}
	if req.route != nil {
		rep := req.route.refuse(e)
		rep.code, rep.requestID = e.Code, newRequestID()
		return rep
	}
	status := e.Status
	if status == 0 {
		status = statusOf(e.Code)
	}
	blame := "Sender"
	if status >= http.StatusInternalServerError {
		blame = "Receiver"
	}
	type detail struct{ Type, Code, Message string }
	id := newRequestID()
	return reply{status: status, code: e.Code, requestID: id, body: encode(struct {
		XMLName   xml.Name
		Error     detail
		RequestId string
	}{xml.Name{Space: namespace(req.version), Local: "ErrorResponse"}, detail{blame, e.Code, e.Message}, id})}
}

// encode writes v as XML. What can't be written is a mistake in this package,
// and the empty body it gives is refused by every client.
func encode(v any) []byte {
	var b bytes.Buffer
	if err := xml.NewEncoder(&b).Encode(v); err != nil {
		return nil
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// send writes rep with the headers that AWS sends. Date is the server's own
// clock: clients measure their skew by it.
func (s *Server) send(w http.ResponseWriter, req *request, rep reply) {
	h := w.Header()
	h.Set("Content-Type", "text/xml")
	h.Set("Date", s.Now().UTC().Format(http.TimeFormat))
	h.Set("X-Amzn-Requestid", rep.requestID)
	maps.Copy(h, rep.header)
	s.record(req, fmt.Sprint(rep.status), rep.code)
	w.WriteHeader(rep.status)
	_, _ = w.Write(rep.body) // a client that has gone needs no answer
}

// record writes the request's line to the log: time, action, the last four of
// the access key id, what came of it. What the client sent is quoted.
func (s *Server) record(req *request, outcome, code string) {
	if s.log == nil {
		return
	}
	action := req.action
	if _, known := operationFor(req.version, action); !known && req.route == nil {
		action = fmt.Sprintf("%.40q", action)
	}
	key := "none"
	if a, err := parseAuthorization(req.http.Header); err == nil && len(a.keyID) >= 4 {
		key = fmt.Sprintf("%q", "…"+a.keyID[len(a.keyID)-4:])
	}
	line := fmt.Sprintf("%s %s key=%s %s %s", s.Now().UTC().Format(time.RFC3339), action, key, outcome, code)
	s.logMu.Lock()
	defer s.logMu.Unlock()
	_, _ = fmt.Fprintln(s.log, strings.TrimSpace(line))
}

// newRequestID is a random UUID, as in every answer of AWS.
func newRequestID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
