package cli

import (
	"strings"
	"testing"
	"time"
)

func TestKeyFromJSONTrimsWhatCopyingAdds(t *testing.T) {
	n, err := keyFromJSON(strings.NewReader(`{"AccessKeyId": " AKIAIOSFODNN7EXAMPLE\r\n", "SecretAccessKey": "\twJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY \n", "Region": " eu-west-1"}`+"\n\n"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.key.Check(); err != nil || n.region != "eu-west-1" {
		t.Errorf("%v, region %q", err, n.region)
	}
}

func FuzzKeyFromJSON(f *testing.F) {
	f.Add(`{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY"}`)
	f.Add(`{"AccessKeyId":1}`)
	f.Add(`{"SecretAccessKey":"wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY"`)
	f.Add(`["wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY"]`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, input string) {
		const secret = "wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY"
		n, err := keyFromJSON(strings.NewReader(input), time.Now())
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error holds the secret: %v", err)
		}
		if err == nil {
			// What was accepted as JSON is checked as a key without showing it.
			if err := n.key.Check(); err != nil && strings.Contains(err.Error(), n.key.SecretAccessKey.Reveal()) && n.key.SecretAccessKey.Len() > 8 {
				t.Errorf("the error holds the secret: %v", err)
			}
		}
	})
}
