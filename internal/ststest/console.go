package ststest

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const federationPath = "/federation"

// The life of a console session that is asked for, and that of the link that
// begins one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
const (
	shortestConsole = 900 * time.Second
	longestConsole  = 43200 * time.Second // 12 h
	signInLink      = 15 * time.Minute
)

// consoleSession is what a sign-in token stands for.
type consoleSession struct {
	arn     string
	expires time.Time // of the session
	until   time.Time // of the token
}

// federationRoutes are the endpoint that turns credentials into a session in
// the console: a token for credentials, then a page for the token. Its Action
// tells the two apart.
func federationRoutes() []route {
	return []route{
		{http.MethodPost, federationPath, "GetSigninToken", (*Server).getSigninToken, errorPage},
		{http.MethodGet, federationPath, "ConsoleLogin", (*Server).consoleLogin, errorPage},
	}
}

// getSigninToken takes credentials of roles and of federated users.
func (s *Server) getSigninToken(req *request, now time.Time) (reply, error) {
	if req.form.Get("Action") != "getSigninToken" {
		return reply{}, refused("ValidationError", "The action is not supported")
	}
	var in struct {
		ID    string `json:"sessionId"`
		Key   string `json:"sessionKey"`
		Token string `json:"sessionToken"`
	}
	if err := json.Unmarshal([]byte(req.form.Get("Session")), &in); err != nil {
		return reply{}, refused("ValidationError", "The session is not valid JSON")
	}
	c, err := s.lookUp(in.ID, []string{in.Token}, now)
	if err != nil {
		return reply{}, err
	}
	if subtle.ConstantTimeCompare([]byte(in.Key), []byte(c.secret)) != 1 || c.kind == longTerm || c.kind == userSession {
		return reply{}, errInvalidToken()
	}
	expires := c.expires
	if req.form.Has("SessionDuration") {
		seconds, err := strconv.Atoi(req.form.Get("SessionDuration"))
		asked := time.Duration(seconds) * time.Second
		if err != nil || asked < shortestConsole || asked > longestConsole || c.kind == federatedSession || c.chained {
			return reply{}, refused("ValidationError", "The session duration is not valid for these credentials")
		}
		expires = now.Add(asked)
	}
	token := newToken()
	s.consoles[token] = consoleSession{arn: c.identity.arn, expires: expires, until: now.Add(signInLink)}
	return jsonReply(http.StatusOK, map[string]string{"SigninToken": token}), nil
}

// consoleLogin begins the session, and would send the browser to Destination.
func (s *Server) consoleLogin(req *request, now time.Time) (reply, error) {
	token := req.form.Get("SigninToken")
	session, ok := s.consoles[token]
	destination, err := url.Parse(req.form.Get("Destination"))
	switch {
	case req.form.Get("Action") != "login":
		return reply{}, refused("ValidationError", "The action is not supported")
	case !ok || !now.Before(session.until):
		return reply{}, refused("AccessDenied", "The sign-in token is not valid")
	case err != nil || destination.Scheme != "https":
		return reply{}, refused("ValidationError", "The destination is not valid")
	}
	delete(s.consoles, token)
	return page{Title: "Console", Text: session.arn + " until " + session.expires.UTC().Format(timeFormat) + " at " + destination.String()}.reply(http.StatusOK), nil
}
