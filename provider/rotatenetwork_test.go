package provider_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// serve is AWS behind a network that breaks.
func (r *rotator) serve(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	form, _ := url.ParseQuery(string(body))
	action := form.Get("Action")
	if !r.happen("before " + action) {
		r.present().fail(w, request, false)
		return
	}
	hidden, unknown := r.pretends(action)
	if unknown {
		refuse(w, "InvalidClientTokenId")
		return
	}
	request.Body = io.NopCloser(strings.NewReader(string(body)))
	answer := httptest.NewRecorder()
	r.sts.Handler().ServeHTTP(answer, request)
	if !r.happen("after " + action) {
		r.present().fail(w, request, true)
		return
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	text := answer.Body.String()
	if hidden {
		keys := r.sts.AccessKeys("alice")
		before, after, _ := strings.Cut(text, keys[len(keys)-1].ID)
		_, after, _ = strings.Cut(after, "</member>")
		text = before[:strings.LastIndex(before, "<member>")] + after
	}
	if action == "ListAccessKeys" && r.present().doubled {
		const end = "</member>"
		last, at := r.otherKey(), strings.LastIndex(text, end)
		youngest := text[strings.LastIndex(text, "<member>"):at]
		text = text[:at] + end + strings.Replace(youngest, last, last[:16]+"TWIN", 1) + text[at:]
	}
	_, _ = io.WriteString(w, text)
}

// pretence is how AWS behaves.
type pretence struct {
	refusal string // what it answers in place of a broken connection
	late    bool   // it answers so when it has done what was asked, too
	hang    bool   // it does not answer at all, and leaves the connection open
	hidden  int    // how many lists lag behind: they leave out the youngest key
	doubled bool   // lists have the youngest key twice, under another id
	flaps   string // how it knows the key for each call of action: "y" or "n"; then as it is
	action  string
}

// fail is how it does not answer; done: it has done what was asked.
func (p pretence) fail(w http.ResponseWriter, request *http.Request, done bool) {
	switch {
	case p.hang:
		<-request.Context().Done()
		panic(http.ErrAbortHandler)
	case done && !p.late:
		panic(http.ErrAbortHandler)
	}
	refuse(w, p.refusal)
}

// behave has AWS behave so from now on.
func (r *rotator) behave(p pretence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pretence = p
}

func (r *rotator) present() pretence {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pretence
}

// pretends is what an answer is to pretend.
func (r *rotator) pretends(action string) (hidden, unknown bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := &r.pretence
	switch {
	case action == "ListAccessKeys" && p.hidden > 0:
		p.hidden--
		return true, false
	case action == p.action && p.flaps != "":
		unknown = p.flaps[0] == 'n'
		p.flaps = p.flaps[1:]
	}
	return false, unknown
}

// refuse answers with an error of AWS's; without a code it does not answer.
func refuse(w http.ResponseWriter, code string) {
	if code == "" {
		panic(http.ErrAbortHandler)
	}
	status := http.StatusForbidden
	if code == "ServiceUnavailable" {
		status = http.StatusServiceUnavailable
	}
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>", code)
}
