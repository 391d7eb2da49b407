package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

var processNow = time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)

const processID, processSecret, processToken = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "tiger-token"

// printed is what a program prints, with fields beside the key.
func printed(more string) string {
	return `{"Version": 1, "AccessKeyId": "` + processID + `", "SecretAccessKey": "` + processSecret + `"` + more + "}\n"
}

func TestParseProcess(t *testing.T) {
	permanent := aws.Credentials{AccessKeyID: processID, SecretAccessKey: processSecret, Source: "awsmint"}
	temporary := permanent
	temporary.SessionToken, temporary.CanExpire = processToken, true
	temporary.Expires = processNow.Add(time.Hour)
	withAccount := permanent
	withAccount.AccountID = "012345678901"

	const token = `, "SessionToken": "` + processToken + `", "Expiration": `
	for output, want := range map[string]aws.Credentials{
		printed(""): permanent,
		printed(`, "SessionToken": null, "Expiration": null, "AccountId": null`): permanent,
		printed(`, "SessionToken": "", "Expiration": ""`):                        permanent,
		printed(`, "accountid": "012345678901", "Region": {"a": 1}`):             permanent,
		printed(`, "AccountId": "012345678901"`):                                 withAccount,
		printed(`, "AccountId": "twelve-chars"`):                                 permanent,
		printed(`, "AccountId": "unknown"`):                                      permanent,
		"\n\t" + printed(""):                                                     permanent,
		printed(token + `"2030-01-02T13:00:00Z"`):                                temporary,
		printed(token + `"2030-01-02T13:00:00.987Z"`):                            temporary,
		printed(token + `"2030-01-02T15:00:00+02:00"`):                           temporary,
		printed(token + `"2030-01-02T07:30:00-0530"`):                            temporary,
	} {
		got, err := parseProcess([]byte(output), processNow)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", output, err, diff)
		}
	}
}

func TestParseProcessIsStrict(t *testing.T) {
	const tail = `, "SessionToken": "` + processToken + `"`
	for output, want := range map[string]string{
		"export AWS_SECRET_ACCESS_KEY=" + processSecret: "not one JSON object",
		"":                                     "not one JSON object",
		"null":                                 "not one JSON object",
		`["` + processSecret + `"]`:            "not one JSON object",
		`"` + processSecret + `"`:              "not one JSON object",
		printed("") + printed(""):              "not one JSON object",
		printed("") + processSecret:            "not one JSON object",
		"welcome\n" + printed(""):              "not one JSON object",
		strings.TrimSuffix(printed(""), "}\n"): "not one JSON object",
		strings.Replace(printed(""), `"Version": 1, `, "", 1):                 "no Version",
		strings.Replace(printed(""), `"Version"`, `"version"`, 1):             "no Version",
		strings.Replace(printed(""), "1", "2", 1):                             "Version in what it printed is not the number 1",
		strings.Replace(printed(""), "1", `"1"`, 1):                           "Version in what it printed is not the number 1",
		strings.Replace(printed(""), "1", `1.0`, 1):                           "Version in what it printed is not the number 1",
		strings.Replace(printed(""), "1", `null`, 1):                          "Version in what it printed is not the number 1",
		strings.Replace(printed(""), `"AccessKeyId"`, `"accessKeyId"`, 1):     "no AccessKeyId",
		strings.Replace(printed(""), processID, "", 1):                        "no AccessKeyId",
		strings.Replace(printed(""), `"`+processID+`"`, "null", 1):            "no AccessKeyId",
		strings.Replace(printed(""), `"`+processID+`"`, "7", 1):               "AccessKeyId in what it printed is not a string",
		strings.Replace(printed(""), processSecret, "", 1):                    "no SecretAccessKey",
		strings.Replace(printed(""), "SecretAccessKey", "Secret", 1):          "no SecretAccessKey",
		strings.Replace(printed(""), `"`+processSecret+`"`, `["hunter2"]`, 1): "SecretAccessKey in what it printed is not a string",
		printed(`, "SessionToken": 5`):                                        "SessionToken in what it printed is not a string",
		printed(`, "AccountId": 123456789012`):                                "AccountId in what it printed is not a string",
		printed(tail + `, "Expiration": 1893585600`):                          "Expiration in what it printed is not a string",
		printed(tail + `, "Expiration": "2030-01-02T13:00:00"`):               "not a time with a zone",
		printed(tail + `, "Expiration": "2030-01-02"`):                        "not a time with a zone",
		printed(tail + `, "Expiration": "hunter2"`):                           "not a time with a zone",
		printed(tail + `, "Expiration": "2030-01-02T12:00:00Z"`):              "expired on 2030-01-02T12:00:00Z",
		printed(tail + `, "Expiration": "2030-01-02T13:00:00+02:00"`):         "expired on 2030-01-02T11:00:00Z",
		strings.Replace(printed(""), "AKIA", "ASIA", 1):                       "temporary key (ASIA…) without a SessionToken",
	} {
		got, err := parseProcess([]byte(output), processNow)
		if err == nil || !strings.Contains(err.Error(), want) || got != (aws.Credentials{}) {
			t.Errorf("%s: %v; want %q", output, err, want)
			continue
		}
		for _, leak := range []string{processSecret, processToken, "hunter2", processID} {
			if strings.Contains(err.Error(), leak) {
				t.Errorf("%q is in the error: %v", leak, err)
			}
		}
	}
}

func FuzzParseProcess(f *testing.F) {
	for _, output := range []string{"", "null", "{}", printed(""), printed(`, "SessionToken": "t", "Expiration": "2030-01-02T13:00:00Z"`), printed("") + "x"} {
		f.Add([]byte(output))
	}
	f.Fuzz(func(t *testing.T, output []byte) {
		c, err := parseProcess(output, processNow)
		switch {
		case err != nil && c != (aws.Credentials{}):
			t.Fatalf("%q gave credentials and an error", output)
		case err == nil && (!c.HasKeys() || c.CanExpire && !c.Expires.After(processNow.Add(-time.Second))):
			t.Fatalf("%q gave incomplete credentials: expires %v", output, c.Expires)
		case err == nil && !strings.Contains(string(output), "{"):
			t.Fatalf("%q is no object", output)
		}
	})
}
