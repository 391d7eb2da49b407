package format_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/format"
)

func TestProcess(t *testing.T) {
	eastern := time.FixedZone("", -5*3600)
	for _, c := range []struct {
		name        string
		credentials aws.Credentials
		want        string
	}{
		{"a session", aws.Credentials{
			AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "a/b+c", SessionToken: "tok==", AccountID: "111122223333",
			CanExpire: true, Expires: time.Date(2026, 1, 2, 23, 4, 5, 999999999, eastern),
		}, `{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"a/b+c","SessionToken":"tok==","Expiration":"2026-01-03T04:04:05Z","AccountId":"111122223333"}` + "\n"},
		{"absent fields are left out", aws.Credentials{
			AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "s", SessionToken: "t", CanExpire: true, Expires: time.Unix(0, 0),
		}, `{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"s","SessionToken":"t","Expiration":"1970-01-01T00:00:00Z"}` + "\n"},
		{"nothing that expires", aws.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "s"},
			`{"Version":1,"AccessKeyId":"AKIAEXAMPLE","SecretAccessKey":"s"}` + "\n"},
	} {
		if got := string(format.Process(c.credentials)); got != c.want {
			t.Errorf("%s:\n got %s want %s", c.name, got, c.want)
		}
	}
}
