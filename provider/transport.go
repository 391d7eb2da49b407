package provider

import (
	"bytes"
	"io"
	"net/http"
)

// wholeBody sends requests whose bodies nobody closes half-way.
//
// smithy-go (1.28) closes a request's body as soon as the answer's headers are
// there. An answer may come before net/http has looked for the end of the body
// that it has sent; that look then fails, and net/http drops the connection
// from under the answer. Near endpoints (loopback, a proxy) meet this now and
// then. The bodies of STS and IAM are a few hundred bytes: they are read first
// and sent from memory.
type wholeBody struct{ client httpDoer }

type httpDoer interface {
	Do(*http.Request) (*http.Response, error)
}

// Do implements the SDK's HTTPClient.
func (w wholeBody) Do(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	return w.client.Do(request)
}
