package keychain

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/awsmint/awsmint/internal/fault"
)

// The forms of long-term keys as AWS makes them. The API reference allows ids
// of 16 to 128 characters; all that were ever seen have 20, their secrets 40. They are compiled at first use, not at every start.
var (
	accessKeyIDs     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^AKIA[A-Z0-9]{16}$`) })
	secretAccessKeys = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9/+=]{40}$`) })
)

// Check says what is wrong with the form of a long-term key. The secret is
// never quoted.
func (k Key) Check() error {
	if err := CheckAccessKeyID(k.AccessKeyID); err != nil {
		return err
	}
	if !secretAccessKeys().MatchString(k.SecretAccessKey.Reveal()) {
		return fault.New(fault.Usage,
			fmt.Sprintf("that is no secret access key: it has %d characters, or some that none has", k.SecretAccessKey.Len()),
			"a secret access key is 40 letters, digits, / and +; copy it again, whole")
	}
	return nil
}

// CheckAccessKeyID says what is wrong with the form of a long-term key's id.
func CheckAccessKeyID(id string) error {
	switch {
	case strings.HasPrefix(id, "ASIA"):
		return fault.New(fault.Usage, "temporary keys can't be stored: ids that start with ASIA expire",
			"use the access key of the IAM user, whose id starts with AKIA")
	case !accessKeyIDs().MatchString(id):
		return fault.New(fault.Usage, fmt.Sprintf("%q is no access key id", abbreviate(id)),
			"an access key id is 20 capital letters and digits and starts with AKIA; was the secret pasted in its place?")
	}
	return nil
}

// abbreviate shows the beginning of what may be a secret in the wrong place.
func abbreviate(text string) string {
	const shown = 4
	if len(text) <= shown {
		return text
	}
	return text[:shown] + "…"
}
