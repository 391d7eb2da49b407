package provider

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
)

// entry is what is sealed in the cache: a format of our own, so that a new
// release of the SDK can't change it. The expiration stands in the cache's
// header, which is sealed with it.
type entry struct {
	AccessKeyID     string `json:"access_key_id"`
	SecretAccessKey string `json:"secret_access_key"`
	SessionToken    string `json:"session_token"`
	AccountID       string `json:"account_id,omitempty"`
}

func encodeEntry(c aws.Credentials) []byte {
	// Marshal can't fail: four strings.
	data, _ := json.Marshal(entry{c.AccessKeyID, c.SecretAccessKey, c.SessionToken, c.AccountID})
	return data
}

// decodeEntry reports false for what another version sealed.
func decodeEntry(plain []byte, times cache.Times) (aws.Credentials, bool) {
	var e entry
	if json.Unmarshal(plain, &e) != nil || e.AccessKeyID == "" || e.SecretAccessKey == "" || e.SessionToken == "" {
		return aws.Credentials{}, false
	}
	return aws.Credentials{
		AccessKeyID:     e.AccessKeyID,
		SecretAccessKey: e.SecretAccessKey,
		SessionToken:    e.SessionToken,
		AccountID:       e.AccountID,
		CanExpire:       true,
		Expires:         times.Expires,
		Source:          providerName,
	}, true
}
