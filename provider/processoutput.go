package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// maxProcessOutput is the limit of a credential_process's output in bytes: what
// the Java SDK reads.
const maxProcessOutput = 64 << 10

// expirationForms are the forms of a time that SDKs read: RFC 3339, and ISO
// 8601's without a colon in the zone.
var expirationForms = []string{time.RFC3339, "2006-01-02T15:04:05Z0700"}

// parseProcess reads what a credential_process prints: one JSON object. What is
// wrong with it is told by the names of its fields, and never by their values.
func parseProcess(output []byte, now time.Time) (c aws.Credentials, err error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(output, &fields) != nil || fields == nil {
		return c, errors.New("what it printed is not one JSON object")
	}
	switch version := string(fields["Version"]); version {
	case "1":
	case "":
		return c, errors.New("what it printed has no Version")
	default:
		return c, errors.New("the Version in what it printed is not the number 1")
	}
	var expiration, account string
	for _, field := range []struct {
		name   string
		take   *string
		needed bool
	}{
		{"AccessKeyId", &c.AccessKeyID, true},
		{"SecretAccessKey", &c.SecretAccessKey, true},
		{"SessionToken", &c.SessionToken, false},
		{"Expiration", &expiration, false},
		{"AccountId", &account, false},
	} {
		raw, there := fields[field.name]
		if there && json.Unmarshal(raw, field.take) != nil {
			return aws.Credentials{}, fmt.Errorf("the %s in what it printed is not a string", field.name)
		}
		if field.needed && *field.take == "" {
			return aws.Credentials{}, fmt.Errorf("what it printed has no %s", field.name)
		}
	}
	if c.SessionToken == "" && strings.HasPrefix(c.AccessKeyID, "ASIA") {
		return aws.Credentials{}, errors.New("it printed a temporary key (ASIA…) without a SessionToken")
	}
	if len(account) == accountLength && consistsOf(account, "") {
		c.AccountID = account
	}
	if c.CanExpire = expiration != ""; c.CanExpire {
		if c.Expires, err = parseExpiration(expiration, now); err != nil {
			return aws.Credentials{}, err
		}
	}
	c.Source = providerName
	return c, nil
}

// parseExpiration reads a time that has not passed.
func parseExpiration(text string, now time.Time) (time.Time, error) {
	for _, form := range expirationForms {
		t, err := time.Parse(form, text)
		switch {
		case err != nil:
		case !now.Before(t):
			return time.Time{}, fmt.Errorf("the credentials that it printed expired on %s", t.UTC().Format(time.RFC3339))
		default:
			return t.UTC().Truncate(time.Second), nil
		}
	}
	return time.Time{}, errors.New("the Expiration in what it printed is not a time with a zone, such as 2030-01-02T15:04:05Z")
}
