package provider_test

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
)

// TestRolesOfAnotherPartition: to AWS in one partition, credentials of another
// are unknown, which is no sign that they were revoked.
func TestRolesOfAnotherPartition(t *testing.T) {
	for _, c := range []struct {
		name, profiles string
		words          []string
	}{
		{"a session's", "[profile prod]\nrole_arn = arn:aws-cn:iam::444455556666:role/Admin\nsource_profile = work\n",
			[]string{`the role "arn:aws-cn:iam::444455556666:role/Admin" is in the partition aws-cn, and profile "work" in aws`, "role_arn", "source_profile"}},
		{"a role's", "[profile mid]\nrole_arn = " + admin + "\nsource_profile = work\n[profile prod]\nrole_arn = arn:aws-us-gov:iam::444455556666:role/Admin\nsource_profile = mid\n",
			[]string{"in the partition aws-us-gov", `profile "mid" in aws`}},
		{"the region's", "[profile prod]\nregion = cn-north-1\nrole_arn = " + admin + "\nsource_profile = work\n",
			[]string{"is in the partition aws, and the region \"cn-north-1\" (region in profile \"prod\") in aws-cn", "region"}},
		{"none that differs", "[profile prod]\nregion = eu-west-1\nrole_arn = " + admin + "\nsource_profile = work\n",
			[]string{"no longer accepts the credentials", "revoked"}},
		{"one that is not known", "[profile prod]\nregion = us-iso-east-1\nrole_arn = arn:aws-iso:iam::444455556666:role/Admin\nsource_profile = work\n",
			[]string{"no longer accepts the credentials"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.sts.AddRole(ststest.Role{ARN: admin})
			config := "[profile work]\n" + w.settings() + c.profiles
			w.mustAs(config, "work")
			if strings.Contains(config, "[profile mid]") {
				w.mustAs(config, "mid")
			}
			w.sts.Inject(ststest.Fault{Action: "AssumeRole", Status: 403, Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid"})
			_, err := w.as(config, "prod")
			wantFault(t, err, fault.Refused, c.words...)
		})
	}
}
