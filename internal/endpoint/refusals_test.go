package endpoint_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/endpoint"
)

func TestRefusals(t *testing.T) {
	var logged bytes.Buffer
	s := start(t, give(lasting()), endpoint.Options{Log: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	token := s.Token().Reveal()
	u, _ := url.Parse(s.URL())
	authorization := func(values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header["Authorization"] = values }
	}
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	path := func(path string) func(*http.Request) {
		return func(r *http.Request) { r.URL, _ = url.Parse("http://" + u.Host + path) }
	}
	method := func(name string) func(*http.Request) { return func(r *http.Request) { r.Method = name } }
	for name, test := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"no token":               {authorization(), 403},
		"empty token":            {authorization(""), 403},
		"wrong token":            {authorization(strings.Repeat("0", 64)), 403},
		"part of the token":      {authorization(token[:63]), 403},
		"more than the token":    {authorization(token + "0"), 403},
		"a scheme before it":     {authorization("Bearer " + token), 403},
		"token in capitals":      {authorization("T" + strings.ToUpper(token)), 403},
		"the token twice":        {authorization(token, token), 403},
		"a page's own host":      {host("evil.example:" + u.Port()), 403},
		"no port":                {host("127.0.0.1"), 403},
		"another port":           {host("127.0.0.1:1"), 403},
		"another loopback":       {host("127.0.0.2:" + u.Port()), 403},
		"loopback of IPv6":       {host("[::1]:" + u.Port()), 403},
		"localhost as a part":    {host("localhost.evil.example:" + u.Port()), 403},
		"localhost":              {host("localhost:" + u.Port()), 200},
		"LOCALHOST":              {host("LOCALHOST:" + u.Port()), 200},
		"no path":                {path("/"), 404},
		"another path":           {path("/creds"), 404},
		"below the path":         {path(u.Path + "/"), 404},
		"above the path":         {path("/x/.." + u.Path), 404},
		"path in capitals":       {path(strings.ToUpper(u.Path) + "A"), 404},
		"two slashes":            {path("/" + u.Path), 404},
		"a query":                {path(u.Path + "?role=x"), 404},
		"other path, no token":   {func(r *http.Request) { path("/creds")(r); authorization()(r) }, 404},
		"POST":                   {method("POST"), 405},
		"PUT":                    {method("PUT"), 405},
		"HEAD":                   {method("HEAD"), 405},
		"OPTIONS, as CORS asks":  {method("OPTIONS"), 405},
		"DELETE":                 {method("DELETE"), 405},
		"POST, no token":         {func(r *http.Request) { method("POST")(r); authorization()(r) }, 405},
		"all wrong, other host":  {func(r *http.Request) { method("POST")(r); host("evil")(r); path("/")(r) }, 403},
		"an origin of a browser": {func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 200},
	} {
		t.Run(name, func(t *testing.T) {
			status, header, body := ask(t, s, test.change)
			if status != test.status {
				t.Errorf("status %d, want %d: %s", status, test.status, body)
			}
			for name := range header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s is set: no page may read this", name)
				}
			}
			if header.Get("Cache-Control") != "no-store" || header.Get("Content-Type") != "application/json" || (status == 405) != (header.Get("Allow") == "GET") {
				t.Errorf("header %v", header)
			}
			if status == 200 || body == "" { // HEAD has none
				return
			}
			var why map[string]string
			if err := json.Unmarshal([]byte(body), &why); err != nil || why["code"] == "" || why["message"] == "" || len(why) != 2 {
				t.Errorf("body %q: %v", body, err)
			}
			if strings.Contains(body, "hidden") || strings.Contains(body, token) {
				t.Errorf("a secret is told: %s", body)
			}
		})
	}
	if text := logged.String(); !strings.Contains(text, "status=403") || strings.Contains(text, token) || strings.Contains(text, "hidden") || strings.Contains(text, "evil") {
		t.Errorf("logged:\n%s", text)
	}
}

// The socket is bound to loopback; whatever brings a request here from elsewhere
// all the same, a proxy or a mistake, gets nothing.
func TestStrangersAreRefused(t *testing.T) {
	s := start(t, give(lasting()), endpoint.Options{})
	for peer, want := range map[string]int{
		"127.0.0.1:1": 200, "[::1]:1": 200, "[::ffff:127.0.0.1]:1": 200,
		"192.0.2.1:1": 403, "[2001:db8::1]:1": 403, "0.0.0.0:1": 403, "": 403, "127.0.0.1": 403,
	} {
		r := httptest.NewRequest(http.MethodGet, s.URL(), nil)
		r.Header.Set("Authorization", s.Token().Reveal())
		r.RemoteAddr = peer
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		if answer.Code != want || strings.Contains(answer.Body.String(), "hidden") != (want == 200) {
			t.Errorf("%q: status %d, want %d", peer, answer.Code, want)
		}
	}
}

func TestHugeRequestIsRefused(t *testing.T) {
	s := start(t, give(lasting()), endpoint.Options{})
	status, _, _ := ask(t, s, func(r *http.Request) { r.Header.Set("X", strings.Repeat("x", 64<<10)) })
	if status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", status)
	}
}
