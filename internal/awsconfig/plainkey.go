package awsconfig

import (
	"errors"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// ErrOtherKey is what errors.Is finds when a profile holds another key than
// the one that is to be removed.
var ErrOtherKey = errors.New("another access key")

// PlainKey is an access key that stands in a file in plain text.
type PlainKey struct {
	AccessKeyID     string
	SecretAccessKey secret.String
}

// The keys under which SDKs look for a plaintext access key. The last is the
// name that the session token had for boto.
const (
	plainID     = "aws_access_key_id"
	plainSecret = "aws_secret_access_key"
)

var plainKeys = []string{plainID, plainSecret, "aws_session_token", "aws_security_token"}

// RemovePlainKey takes plaintext keys, and the session tokens that stand with
// them, out of the profile, and reports whether anything was there. It looks in
// both [name] and [profile name], whichever file this is: what SDKs pass over
// is as plain. A section in which nothing is left goes as with RemoveIfEmpty,
// so what else the profile is to get should be Set before. All else stays as
// with Remove, comments too: see LinesWith.
//
// An id or secret other than those of the keys may be the only copy of another key.
// The error is then a *fault.Error that wraps ErrOtherKey, and that names the
// line; so is, without ErrOtherKey, that for a broken line in a section with a
// key, which may be a part of it. After an error nothing is changed.
func (d *Document) RemovePlainKey(profile string, keys ...PlainKey) (removed bool, err error) {
	if d.broken != nil {
		return false, d.broken
	}
	headers := []Header{ConfigProfile(profile), CredentialsProfile(profile)}
	for _, h := range headers {
		if err := d.checkPlainKey(h, keys); err != nil {
			return false, err
		}
	}
	for _, h := range headers {
		touched := false
		for _, name := range plainKeys {
			touched = d.Remove(h, name) || touched
		}
		if touched {
			removed = true
			d.RemoveIfEmpty(h)
		}
	}
	return removed, nil
}

// checkPlainKey fails if the sections that h names hold more than these keys.
func (d *Document) checkPlainKey(h Header, keys []PlainKey) error {
	all, broken := d.properties(h)
	held := false
	for _, p := range all {
		if !slices.Contains(plainKeys, p.key) {
			continue
		}
		held = true
		value := strings.TrimSpace(p.value)
		known := value == "" || p.key != plainID && p.key != plainSecret || slices.ContainsFunc(keys, func(key PlainKey) bool {
			return p.key == plainID && value == key.AccessKeyID || p.key == plainSecret && value == key.SecretAccessKey.Reveal()
		})
		if !known {
			return fault.Wrap(ErrOtherKey, fault.Failure,
				d.now.fault(p.lines[0].start, "this "+p.key+" belongs to another access key than the one that the profile uses", "").Error(),
				"nothing was removed; if that key is still in use, move its lines to a profile of their own, else take them out")
		}
	}
	if held {
		return broken
	}
	return nil
}

// LinesWith returns the numbers, counted from 1, of the lines that have value
// in them: in a comment, or in a section that is no profile's.
func (d *Document) LinesWith(value secret.String) (numbers []int) {
	if value.IsZero() {
		return nil
	}
	n := 0
	for line := range strings.Lines(d.now.text) {
		if n++; strings.Contains(line, value.Reveal()) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}
