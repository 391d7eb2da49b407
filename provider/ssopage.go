package provider

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
)

// page is one of the pages that the browser ends on. Nothing in them comes from
// outside, so nothing has to be escaped.
type page struct {
	status int
	title  string
	text   string
}

var (
	pageSignedIn = page{http.StatusOK, "Signed in", "awsmint can use AWS now. You can close this window and go back to the terminal."}
	pageDeclined = page{http.StatusOK, "Not signed in", "The request was declined, and awsmint was given nothing. You can close this window and go back to the terminal."}
	pageFailed   = page{http.StatusOK, "The sign-in did not finish", "AWS sent you back here, but awsmint could not get in. The terminal says why."}
	pageStrange  = page{http.StatusBadRequest, "Not the right link", "This link is not the one awsmint waits for: it belongs to another sign-in, or was changed on its way. awsmint goes on waiting for the right one."}
)

//go:embed ssopage.html
var pageTemplate string

//go:embed ssopage.css
var pageStyle string

// write sends the page, which may load nothing at all: its style is let in by
// its hash.
func (p page) write(w http.ResponseWriter) {
	style := sha256.Sum256([]byte(pageStyle))
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'sha256-"+
		base64.StdEncoding.EncodeToString(style[:])+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(p.status)
	// A browser that has gone is no reason to fail.
	_, _ = io.WriteString(w, strings.NewReplacer("{{title}}", p.title, "{{text}}", p.text, "{{style}}", pageStyle).Replace(pageTemplate))
}
