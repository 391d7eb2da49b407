package ststest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	dateFormat = "20060102T150405Z" // of X-Amz-Date
)

// maxSkew is how far a signature's date may be from the server's clock,
// either way. The texts of AWS's own errors give it ("- 15 min.").
const maxSkew = 15 * time.Minute

// authorization is a request's Authorization header, taken apart, with the
// X-Amz-Date that goes with it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
type authorization struct {
	keyID                           string
	scopeDate, region, service, end string
	signedHeaders                   []string
	signature                       string
	date                            string
}

// parseAuthorization reads the header; its errors are AWS's for a request
// without a signature, or with half of one.
func parseAuthorization(h http.Header) (authorization, error) {
	var a authorization
	values := h.Values("Authorization")
	if len(values) == 0 {
		return a, refused("MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	if len(values) > 1 {
		return a, refused("IncompleteSignature", "Multiple Authorization headers")
	}
	scheme, rest, _ := strings.Cut(values[0], " ")
	if scheme != algorithm {
		return a, refused("IncompleteSignature", "Unsupported AWS 'algorithm': '%s'.", scheme)
	}
	parameters := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parameters[name] = value
	}
	var missing []string
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if parameters[name] == "" {
			missing = append(missing, "Authorization header requires '"+name+"' parameter.")
		}
	}
	if a.date = h.Get("X-Amz-Date"); a.date == "" {
		missing = append(missing, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	if len(missing) > 0 {
		return a, refused("IncompleteSignature", "%s Authorization=%s", strings.Join(missing, " "), algorithm)
	}
	scope := strings.Split(parameters["Credential"], "/")
	if len(scope) != 5 {
		return a, refused("IncompleteSignature",
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '%s'",
			parameters["Credential"])
	}
	a.keyID, a.scopeDate, a.region, a.service, a.end = scope[0], scope[1], scope[2], scope[3], scope[4]
	a.signedHeaders = strings.Split(parameters["SignedHeaders"], ";")
	a.signature = parameters["Signature"]
	return a, nil
}

// signedAt returns the signature's time when it is near enough to now.
func (a authorization) signedAt(now time.Time) (time.Time, error) {
	at, err := time.Parse(dateFormat, a.date)
	if err != nil {
		return at, refused("IncompleteSignature",
			"Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", a.date)
	}
	now = now.UTC().Truncate(time.Second)
	if limit := now.Add(-maxSkew); at.Before(limit) {
		return at, refused("SignatureDoesNotMatch", "Signature expired: %s is now earlier than %s (%s - 15 min.)",
			a.date, limit.Format(dateFormat), now.Format(dateFormat))
	}
	if limit := now.Add(maxSkew); at.After(limit) {
		return at, refused("SignatureDoesNotMatch", "Signature not yet current: %s is still later than %s (%s + 15 min.)",
			a.date, limit.Format(dateFormat), now.Format(dateFormat))
	}
	return at, nil
}

// regionForm is the form of a region's name. A loopback endpoint stands for all
// regions, so any will do; a pseudo-region such as aws-global won't.
var regionForm = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)

// checkScope refuses a credential scope made for something else than service.
func (a authorization) checkScope(service string) error {
	var wrong []string
	if !regionForm.MatchString(a.region) {
		wrong = append(wrong, "Credential should be scoped to a valid region. ")
	}
	if a.service != service {
		wrong = append(wrong, "Credential should be scoped to correct service: '"+service+"'. ")
	}
	if a.end != terminator {
		wrong = append(wrong, "Credential should be scoped with a valid terminator: '"+terminator+"', not '"+a.end+"'. ")
	}
	if day := a.date[:min(8, len(a.date))]; a.scopeDate != day {
		wrong = append(wrong, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '"+
			a.scopeDate+"' != '"+day+"', from '"+a.date+"'. ")
	}
	if len(wrong) > 0 {
		return refused("SignatureDoesNotMatch", "%s", strings.Join(wrong, ""))
	}
	return nil
}

// checkSignedHeaders refuses a signature that leaves out the host, or any
// X-Amz header that came: what is not signed could have been put there by
// somebody else.
func (a authorization) checkSignedHeaders(h http.Header) error {
	if !slices.Contains(a.signedHeaders, "host") {
		return refused("SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	for name := range h {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(a.signedHeaders, name) {
			return refused("SignatureDoesNotMatch", "'%s' must be a 'SignedHeader' in the AWS Authorization.", name)
		}
	}
	return nil
}
