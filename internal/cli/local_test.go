package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCutLocal(t *testing.T) {
	const dummy, url = "AWS_ACCESS_KEY_ID=" + localKeyID, "=http://localhost:1"
	for name, c := range map[string]struct{ rest, local []string }{
		"all services":        {[]string{dummy, "A=1"}, []string{"AWS_ENDPOINT_URL" + url}},
		"one service":         {[]string{dummy}, []string{"AWS_ENDPOINT_URL_S3" + url, "S3_ENDPOINT_URL" + url}},
		"several":             {[]string{dummy}, []string{"AWS_ENDPOINT_URL_S3" + url, "S3_ENDPOINT_URL" + url, "SQS_ENDPOINT_URL" + url + "1", "AWS_ENDPOINT_URL_SQS" + url + "1"}},
		"a service's own":     {[]string{dummy, "AWS_ENDPOINT_URL_STS" + url, "MY_ENDPOINT_URL" + url, "AWS_ENDPOINT_URL_S3" + url, "S3_ENDPOINT_URL=http://localhost:2"}, nil},
		"with a real key":     {[]string{"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_ENDPOINT_URL" + url}, nil},
		"without any key":     {[]string{"AWS_ENDPOINT_URL" + url}, nil},
		"what looks like one": {[]string{dummy, "AWS_ENDPOINT_URLS" + url, "ENDPOINT_URL" + url, "_ENDPOINT_URL" + url}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rest, local := cutLocal(append(append([]string{}, c.rest...), c.local...))
			if diff := cmp.Diff([2][]string{c.rest, c.local}, [2][]string{rest, local}); diff != "" {
				t.Error(diff)
			}
			getenv := without(func(string) string { return "set" }, local)
			if got := getenv("AWS_ENDPOINT_URL"); (got == "") != (name == "all services") {
				t.Errorf("AWS_ENDPOINT_URL is %q", got)
			}
		})
	}
}
