// Package format writes credentials in the forms that programs read.
package format

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// expirationLayout is the one form of a time that every SDK reads.
const expirationLayout = "2006-01-02T15:04:05Z"

// Process returns what a credential_process prints: one line of JSON. Absent
// fields are left out, since SDKs trip over empty ones.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
func Process(c aws.Credentials) []byte {
	output := struct {
		Version         int
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string `json:",omitempty"`
		Expiration      string `json:",omitempty"`
		AccountID       string `json:"AccountId,omitempty"`
	}{
		Version:         1,
		AccessKeyID:     c.AccessKeyID,
		SecretAccessKey: c.SecretAccessKey,
		SessionToken:    c.SessionToken,
		AccountID:       c.AccountID,
	}
	if c.CanExpire {
		output.Expiration = c.Expires.UTC().Format(expirationLayout)
	}
	// Marshal can't fail: strings and an integer.
	line, _ := json.Marshal(output)
	return append(line, '\n')
}
