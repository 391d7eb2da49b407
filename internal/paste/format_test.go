package paste_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/paste"
	"github.com/awsmint/awsmint/internal/secret"
)

// Whatever awsmint prints it reads again, in every format, for keys of every
// shape that AWS hands out.
func TestEveryFormatIsReadBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	code := func(n int) string {
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		text := make([]byte, n)
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
		}
		return string(text)
	}
	for round := range 400 {
		c := aws.Credentials{AccessKeyID: akia[:8] + "234567ABCDEF", SecretAccessKey: code(40)}
		if round%2 == 0 {
			c.AccessKeyID = "ASIA" + c.AccessKeyID[4:]
			c.SessionToken = "IQoJ" + code(4*random.IntN(300)) + []string{"", code(3) + "=", code(2) + "=="}[random.IntN(3)]
			c.CanExpire, c.Expires = true, time.Unix(1_900_000_000+random.Int64N(1e8), 0).UTC()
		}
		v := format.Values{Credentials: c, Region: []string{"", "eu-west-1"}[random.IntN(2)]}
		want := paste.Found{
			AccessKeyID: c.AccessKeyID, SecretAccessKey: secret.New(c.SecretAccessKey), SessionToken: secret.New(c.SessionToken),
			Region: v.Region,
		}
		wantRead(t, "a credential_process", format.Process(c), without(want, true), c.Expires)
		for _, f := range format.Formats() {
			text, err := format.Bytes(f, v)
			if err != nil {
				t.Fatal(err)
			}
			wantRead(t, string(f), text, without(want, f == format.ProcessJSON), c.Expires)
		}
		if t.Failed() {
			return
		}
	}
}

// without leaves out the region, for which JSON of a process has no place.
func without(f paste.Found, noRegion bool) paste.Found {
	if noRegion {
		f.Region = ""
	}
	return f
}

func wantRead(t *testing.T, what string, text []byte, want paste.Found, expires time.Time) {
	t.Helper()
	got, err := paste.Read(text)
	if err != nil || len(got) != 1 {
		t.Errorf("%s: %v, %v in\n%s", what, got, err, text)
		return
	}
	if !got[0].Expiration.Equal(expires) {
		t.Errorf("%s: expires at %v, want %v", what, got[0].Expiration, expires)
	}
	got[0].Expiration, got[0].Line = time.Time{}, 0
	if got[0] != want {
		t.Errorf("%s: got %+v, want %+v from\n%s", what, got[0], want, text)
	}
}
