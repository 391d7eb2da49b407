package endpoint

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
)

// How long clients wait for an answer, as of 2026: botocore 2 s (three tries, a
// second apart; ContainerMetadataFetcher), JavaScript 1 s (four tries, a second
// apart; fromHttp), PHP 1 s (EcsCredentialProvider), Go without a limit (three
// tries; endpointcreds). So an answer is to be in memory before anybody asks,
// and one that comes late is found by the next try.

// expirationLayout is the one form of a time that every SDK reads.
const expirationLayout = "2006-01-02T15:04:05Z"

// answer is the body of a success. Token and Expiration are always there:
// botocore and the SDK for JavaScript refuse an answer without.
type answer struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	Token           string
	Expiration      string
	AccountID       string `json:"AccountId,omitempty"`
}

// refusal is the body of a failure, of the form of the ECS agent's. botocore
// shows it whole and Go both of its fields; JavaScript shows the status alone.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// maxMessage is the length in bytes of a refusal's message.
const maxMessage = 500

// ServeHTTP answers one request. Nothing of what is refused is logged but why:
// the rest was made up by somebody else.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if status, why := s.check(r); why.Code != "" {
		s.log.Debug("endpoint: request refused", "status", status, "code", why.Code)
		if status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", http.MethodGet)
		}
		reply(w, status, why)
		return
	}
	credentials, err := s.keeper.credentials(r.Context())
	if err != nil {
		reply(w, http.StatusServiceUnavailable, refusal{"CredentialsUnavailable", message(err)})
		return
	}
	reply(w, http.StatusOK, newAnswer(credentials))
}

// check returns why a request is not answered, if it isn't.
func (s *Server) check(r *http.Request) (status int, why refusal) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	switch {
	case err != nil, !peer.Addr().IsLoopback():
		return http.StatusForbidden, refusal{"AccessDenied", "awsmint answers this machine only"}
	case !slices.Contains(s.hosts, strings.ToLower(r.Host)):
		// A web page can have its own host's name lead here (DNS rebinding).
		return http.StatusForbidden, refusal{"AccessDenied", "the Host header is not this endpoint's"}
	case r.URL.Path != s.path || r.URL.RawQuery != "":
		return http.StatusNotFound, refusal{"NotFound", "there is nothing here; use AWS_CONTAINER_CREDENTIALS_FULL_URI as awsmint set it"}
	case r.Method != http.MethodGet:
		return http.StatusMethodNotAllowed, refusal{"MethodNotAllowed", "credentials are got with GET"}
	case !s.authorized(r.Header.Values("Authorization")):
		return http.StatusForbidden, refusal{"AccessDenied", "the Authorization header is not AWS_CONTAINER_AUTHORIZATION_TOKEN as awsmint set it"}
	}
	return http.StatusOK, refusal{}
}

// authorized compares in a time that depends on neither value, nor on where
// they differ: hashes are of one length.
func (s *Server) authorized(headers []string) bool {
	if len(headers) != 1 {
		return false
	}
	got, want := sha256.Sum256([]byte(headers[0])), sha256.Sum256([]byte(s.token.Reveal()))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

func newAnswer(c aws.Credentials) answer {
	return answer{
		AccessKeyID:     c.AccessKeyID,
		SecretAccessKey: c.SecretAccessKey,
		Token:           c.SessionToken,
		Expiration:      c.Expires.UTC().Truncate(time.Second).Format(expirationLayout),
		AccountID:       c.AccountID,
	}
}

// message is an error as its fact and hint, which never hold a secret.
func message(err error) string {
	text := err.Error()
	if hint := fault.HintOf(err); hint != "" {
		text += "; " + hint
	}
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}

func reply(w http.ResponseWriter, status int, body any) {
	text, _ := json.Marshal(body) // strings alone: it can't fail
	header := w.Header()
	header.Set("Content-Type", "application/json") // Go's SDK compares the whole
	header.Set("Content-Length", strconv.Itoa(len(text)))
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
