package ststest

import (
	"bytes"
	"html/template"
	"net/http"
	"time"
)

// pageRoutes are the pages that the browser sees, and their forms. AWS has no
// names for them.
func pageRoutes() []route {
	return []route{
		{http.MethodGet, authorizePath, "AuthorizePage", (*Server).authorizePage, errorPage},
		{http.MethodPost, authorizePath, "AuthorizeAnswer", (*Server).authorizeAnswer, errorPage},
		{http.MethodGet, devicePath, "DevicePage", (*Server).devicePage, errorPage},
		{http.MethodPost, devicePath, "DeviceAnswer", (*Server).deviceAnswer, errorPage},
	}
}

// page is what a page shows.
type page struct {
	Title string
	Text  string
	Ask   bool // whether the two buttons are there

	UserCode *string // whether there is a field for a user code, and what is in it
}

// The form has no address of its own, so it is sent to the page's, query and
// all. The empty icon keeps browsers from asking for one, which would be a
// call to count.
var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{.Title}}</title><link rel="icon" href="data:,"></head>
<body>
<h1>{{.Title}}</h1>
<p id="text">{{.Text}}</p>
{{- if .Ask}}
<form method="post">
{{- with .UserCode}}
<input id="user_code" name="user_code" value="{{.}}">
{{- end}}
<button id="allow" name="answer" value="allow">Allow</button>
<button id="deny" name="answer" value="deny">Deny</button>
</form>
{{- end}}
</body>
</html>
`))

func (p page) reply(status int) reply {
	var b bytes.Buffer
	// It fails for a mistake in this package only, and tests see the page cut
	// short.
	_ = pageTemplate.Execute(&b, p)
	return reply{status: status, body: b.Bytes(), header: http.Header{
		"Content-Type": {"text/html; charset=utf-8"}, "Cache-Control": {"no-store"},
	}}
}

func errorPage(e *refusal) reply {
	status := e.Status
	if status == 0 {
		status = jsonStatusOf(e.Code)
	}
	return page{Title: "The request can't be carried out", Text: e.Code + ": " + e.Message}.reply(status)
}

func (s *Server) authorizePage(req *request, now time.Time) (reply, error) {
	c, err := s.sso.authorizing(req.http.URL.Query(), now)
	if err != nil {
		return reply{}, err
	}
	return page{Title: "Allow access?", Text: c.name + " asks for access to your AWS accounts.", Ask: true}.reply(http.StatusOK), nil
}

func (s *Server) authorizeAnswer(req *request, now time.Time) (reply, error) {
	allow, err := pressed(req)
	if err != nil {
		return reply{}, err
	}
	redirect, err := s.authorize(req.http.URL.Query(), allow, now)
	if err != nil {
		return reply{}, err
	}
	rep := page{Title: "You are sent back"}.reply(http.StatusFound)
	rep.header.Set("Location", redirect)
	return rep, nil
}

// devicePage asks for a user code, or, when it comes with one, shows it for
// comparison (RFC 8628, section 3.3.1).
func (s *Server) devicePage(req *request, now time.Time) (reply, error) {
	code := req.form.Get("user_code")
	if code != "" {
		if _, err := s.sso.waiting(code, now); err != nil {
			return reply{}, err
		}
	}
	return page{
		Title: "Allow access?", Text: "Does your device show this code?", Ask: true, UserCode: &code,
	}.reply(http.StatusOK), nil
}

func (s *Server) deviceAnswer(req *request, now time.Time) (reply, error) {
	allow, err := pressed(req)
	if err != nil {
		return reply{}, err
	}
	if err := s.decide(req.form.Get("user_code"), allow, now); err != nil {
		return reply{}, err
	}
	title := "Request denied"
	if allow {
		title = "Request approved"
	}
	return page{Title: title, Text: "You may close this window."}.reply(http.StatusOK), nil
}

// pressed reports whether it was Allow that sent the form.
func pressed(req *request) (allow bool, err error) {
	switch req.form.Get("answer") {
	case "allow":
		return true, nil
	case "deny":
		return false, nil
	}
	return false, errInvalidRequest("No answer provided")
}
