package format

import (
	"bytes"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// processJSON is what `aws configure export-credentials --format process`
// prints. Unlike Process, which is for SDKs, it is indented, has no account
// and writes the time as Python does.
func processJSON(c aws.Credentials) []byte {
	return indented(struct {
		Version         int
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string `json:",omitempty"`
		Expiration      string `json:",omitempty"`
	}{1, c.AccessKeyID, c.SecretAccessKey, c.SessionToken, expirationOf(c)})
}

func variablesJSON(vars []Variable) []byte {
	values := make(map[string]string, len(vars))
	for _, variable := range vars {
		values[variable.Name] = variable.Value.Reveal()
	}
	return indented(values)
}

func indented(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	// It can't fail: strings and an integer, into memory.
	_ = encoder.Encode(value)
	return out.Bytes()
}
