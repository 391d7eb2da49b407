package format_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/secret"
)

var (
	key     = aws.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "wJalr/XUt+nFE"}
	session = aws.Credentials{
		AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "wJalr/XUt+nFE", SessionToken: "IQoJ+b3/Jp==", AccountID: "111122223333",
		CanExpire: true, Expires: time.Date(2030, 1, 2, 5, 4, 5, 999_999_999, time.FixedZone("", 2*3600)),
	}
)

func TestBytes(t *testing.T) {
	for _, c := range []struct {
		format        format.Format
		session, bare string
	}{
		{format.ProcessJSON, `{
  "Version": 1,
  "AccessKeyId": "ASIAEXAMPLE",
  "SecretAccessKey": "wJalr/XUt+nFE",
  "SessionToken": "IQoJ+b3/Jp==",
  "Expiration": "2030-01-02T03:04:05+00:00"
}
`, `{
  "Version": 1,
  "AccessKeyId": "AKIAEXAMPLE",
  "SecretAccessKey": "wJalr/XUt+nFE"
}
`},
		{format.Env, `export AWS_ACCESS_KEY_ID=ASIAEXAMPLE
export AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFE
export AWS_SESSION_TOKEN=IQoJ+b3/Jp==
export AWS_CREDENTIAL_EXPIRATION=2030-01-02T03:04:05+00:00
`, `export AWS_ACCESS_KEY_ID=AKIAEXAMPLE
export AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFE
`},
		{format.EnvNoExport, envLines, bareLines},
		{format.DotEnv, envLines, bareLines},
		{format.GitHubActions, envLines, bareLines},
		{format.Fish, `set -gx AWS_ACCESS_KEY_ID "ASIAEXAMPLE"
set -gx AWS_SECRET_ACCESS_KEY "wJalr/XUt+nFE"
set -gx AWS_SESSION_TOKEN "IQoJ+b3/Jp=="
set -gx AWS_CREDENTIAL_EXPIRATION "2030-01-02T03:04:05+00:00"
`, `set -gx AWS_ACCESS_KEY_ID "AKIAEXAMPLE"
set -gx AWS_SECRET_ACCESS_KEY "wJalr/XUt+nFE"
`},
		{format.PowerShell, `$Env:AWS_ACCESS_KEY_ID="ASIAEXAMPLE"
$Env:AWS_SECRET_ACCESS_KEY="wJalr/XUt+nFE"
$Env:AWS_SESSION_TOKEN="IQoJ+b3/Jp=="
$Env:AWS_CREDENTIAL_EXPIRATION="2030-01-02T03:04:05+00:00"
`, `$Env:AWS_ACCESS_KEY_ID="AKIAEXAMPLE"
$Env:AWS_SECRET_ACCESS_KEY="wJalr/XUt+nFE"
`},
		{format.WindowsCmd, `set AWS_ACCESS_KEY_ID=ASIAEXAMPLE
set AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFE
set AWS_SESSION_TOKEN=IQoJ+b3/Jp==
set AWS_CREDENTIAL_EXPIRATION=2030-01-02T03:04:05+00:00
`, `set AWS_ACCESS_KEY_ID=AKIAEXAMPLE
set AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFE
`},
		{format.JSON, `{
  "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
  "AWS_CREDENTIAL_EXPIRATION": "2030-01-02T03:04:05+00:00",
  "AWS_SECRET_ACCESS_KEY": "wJalr/XUt+nFE",
  "AWS_SESSION_TOKEN": "IQoJ+b3/Jp=="
}
`, `{
  "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
  "AWS_SECRET_ACCESS_KEY": "wJalr/XUt+nFE"
}
`},
	} {
		for want, credentials := range map[string]aws.Credentials{c.session: session, c.bare: key} {
			got, err := format.Bytes(c.format, format.Values{Credentials: credentials})
			if err != nil {
				t.Errorf("%s: %v", c.format, err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.format, diff)
			}
		}
	}
}

const envLines = `AWS_ACCESS_KEY_ID=ASIAEXAMPLE
AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFE
AWS_SESSION_TOKEN=IQoJ+b3/Jp==
AWS_CREDENTIAL_EXPIRATION=2030-01-02T03:04:05+00:00
`

const bareLines = `AWS_ACCESS_KEY_ID=AKIAEXAMPLE
AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFE
`

func TestRegionAndEndpointComeLast(t *testing.T) {
	got, err := format.Bytes(format.Env, format.Values{
		Credentials: key, Region: "eu-west-1",
		More: []format.Variable{{Name: "AWS_ENDPOINT_URL", Value: secret.New("http://[::1]:8000")}},
	})
	want := `export AWS_ACCESS_KEY_ID=AKIAEXAMPLE
export AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFE
export AWS_REGION=eu-west-1
export AWS_DEFAULT_REGION=eu-west-1
export AWS_ENDPOINT_URL=http://[::1]:8000
`
	if string(got) != want || err != nil {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := format.Bytes("yaml", format.Values{Credentials: key})
	if fault.StatusOf(err) != fault.Usage || !strings.Contains(fault.HintOf(err), "env-no-export, powershell") {
		t.Errorf("got %v, %q", err, fault.HintOf(err))
	}
}

func TestEveryFormatIsListed(t *testing.T) {
	for _, f := range format.Formats() {
		if _, err := format.Bytes(f, format.Values{Credentials: session}); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	if n := len(format.Formats()); n != 9 {
		t.Errorf("%d formats, want 9", n)
	}
}

// What could be more than a value to some shell is never printed, and not
// quoted in the error either. In JSON it can't be.
func TestNothingThatAShellActsUponIsPrinted(t *testing.T) {
	bad := []string{"=ls", "a:=ls"}
	for c := range rune(0x7f) {
		if !strings.ContainsRune("/+_.,:@[]-=", c) && (c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z') {
			bad = append(bad, "x"+string(c)+"touch")
		}
	}
	bad = append(bad, "x\x7f", "x\u2028", "é", "\xff")
	for _, value := range bad {
		withSecret, withToken, withID := session, session, session
		withSecret.SecretAccessKey, withToken.SessionToken, withID.AccessKeyID = value, value, value
		for what, v := range map[string]format.Values{
			"secret":   {Credentials: withSecret},
			"token":    {Credentials: withToken},
			"id":       {Credentials: withID},
			"region":   {Credentials: session, Region: value},
			"variable": {Credentials: session, More: []format.Variable{{Name: "X", Value: secret.New(value)}}},
			"name":     {Credentials: session, More: []format.Variable{{Name: value, Value: secret.New("x")}}},
		} {
			for _, f := range format.Formats() {
				isJSON := f == format.JSON || f == format.ProcessJSON
				out, err := format.Bytes(f, v)
				if isJSON != (err == nil) || !isJSON && len(out) > 0 {
					t.Fatalf("%s as %s in %s: printed %q, %v", value, what, f, out, err)
				}
				if err != nil && what != "name" && strings.Contains(err.Error()+fault.HintOf(err), "touch") {
					t.Errorf("the error tells the value: %v", err)
				}
				if out, err := format.Masked(f, v); !isJSON && (err == nil || len(out) > 0) {
					t.Errorf("%s as %s in %s: masked %q", value, what, f, out)
				}
			}
		}
		for _, c := range []aws.Credentials{withSecret, withToken, withID} {
			if out, err := format.Masks(format.Values{Credentials: c}); err == nil || len(out) > 0 {
				t.Errorf("%q: masks %q", value, out)
			}
		}
	}
}

func TestANameIsNoNumber(t *testing.T) {
	_, err := format.Bytes(format.Env, format.Values{Credentials: key, More: []format.Variable{{Name: "1X", Value: secret.New("x")}}})
	if fault.StatusOf(err) != fault.Usage {
		t.Errorf("got %v", err)
	}
}

func TestMaskedShowsNoSecret(t *testing.T) {
	for _, f := range format.Formats() {
		got, err := format.Masked(f, format.Values{Credentials: session, Region: "eu-west-1"})
		text := string(got)
		if err != nil || strings.Contains(text, "wJalr") || strings.Contains(text, "IQoJ") ||
			!strings.Contains(text, "ASIAEXAMPLE") || strings.Count(text, "…") != 2 {
			t.Errorf("%s: got %s, %v", f, got, err)
		}
		got, err = format.Masked(f, format.Values{Credentials: key})
		if err != nil || strings.Count(string(got), "…") != 1 {
			t.Errorf("%s, without a token: got %s, %v", f, got, err)
		}
	}
	if got, _ := format.Masked(format.Fish, format.Values{Credentials: key}); string(got) != "set -gx AWS_ACCESS_KEY_ID \"AKIAEXAMPLE\"\nset -gx AWS_SECRET_ACCESS_KEY \"…\"\n" {
		t.Errorf("got %s", got)
	}
}

func TestMasks(t *testing.T) {
	got, err := format.Masks(format.Values{Credentials: session, Region: "eu-west-1"})
	want := "::add-mask::ASIAEXAMPLE\n::add-mask::wJalr/XUt+nFE\n::add-mask::IQoJ+b3/Jp==\n"
	if string(got) != want || err != nil {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestVariablesHideTheirValues(t *testing.T) {
	vars := format.Variables(session, "")
	if text := fmt.Sprintf("%v %+v %#v", vars, vars, vars); strings.Contains(text, "wJalr") {
		t.Errorf("printed: %s", text)
	}
}
