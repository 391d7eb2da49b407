package child_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/secret"
)

func TestCredentialsReplaceTheCallersIdentity(t *testing.T) {
	kept := []string{
		"PATH=/usr/bin:/bin", "HOME=/home/alice", "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_CONFIG_FILE=/c", "AWS_SHARED_CREDENTIALS_FILE=/s", "AWS_CA_BUNDLE=/ca.pem", "AWS_ENDPOINT_URL_STS=http://127.0.0.1:1",
		"AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true", "AWS_ROLE_ARNS=x", "AWSMINT_LOG=f", "AWS_BEARER_TOKEN_=x", "=C:=C:\\", "odd",
	}
	stale := []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
		"AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_ACCOUNT_ID", "AWS_CREDENTIAL_SCOPE",
		"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
		"AWS_CREDENTIAL_FILE", "AMAZON_ACCESS_KEY_ID", "AMAZON_SECRET_ACCESS_KEY", "AMAZON_SESSION_TOKEN",
		"AWS_VAULT", "AWS_SESSION_EXPIRATION", "AWS_BEARER_TOKEN_BEDROCK", "AWSMINT_PASSPHRASE", "AWSMINT_PASSPHRASE_COMMAND",
	}
	var environ []string
	for i, name := range stale {
		environ = append(environ, name+"=stale", kept[i%len(kept)], name+"=") // found more than once
	}
	before := slices.Clone(environ)
	got := child.Credentials(environ, []child.Variable{
		{Name: "AWS_ACCESS_KEY_ID", Value: secret.New("ASIA1")},
		{Name: "AWS_SECRET_ACCESS_KEY", Value: secret.New("a=b c")},
		{Name: "AWS_SESSION_TOKEN"},
		{Name: "AWS_REGION", Value: secret.New("eu-north-1")},
		{Name: "AWS_PAGER"},
		{Name: "NEW", Value: secret.New("1")},
	})
	var want []string
	for i := range stale {
		if entry := kept[i%len(kept)]; !strings.HasPrefix(entry, "AWS_REGION=") && !strings.HasPrefix(entry, "AWS_PAGER=") {
			want = append(want, entry)
		}
	}
	want = append(want, "AWS_ACCESS_KEY_ID=ASIA1", "AWS_SECRET_ACCESS_KEY=a=b c", "AWS_REGION=eu-north-1", "NEW=1")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !slices.Equal(environ, before) {
		t.Error("the caller's environment was changed")
	}
}
