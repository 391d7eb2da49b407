package provider_test

import (
	"testing"

	"github.com/awsmint/awsmint/provider"
)

func TestElsewhere(t *testing.T) {
	const role = "credential_source = Environment\nrole_arn = arn:"
	for name, c := range map[string]struct {
		lines, region string
		want          bool
	}{
		"a role's own partition":           {role + "aws:iam::111122223333:role/A\n", "ap-south-1", false},
		"another than the role's":          {role + "aws:iam::111122223333:role/A\n", "cn-north-1", true},
		"the role goes before the region":  {role + "aws-cn:iam::111122223333:role/A\nregion = eu-west-1\n", "eu-west-1", true},
		"a partition of few":               {role + "aws-iso:iam::111122223333:role/A\n", "us-iso-east-1", false},
		"another than the device's":        {"mfa_serial = arn:aws-cn:iam::111122223333:mfa/a\n", "us-east-1", true},
		"another than the profile's":       {"region = us-gov-west-1\n", "us-east-1", true},
		"the profile's":                    {"region = us-gov-west-1\n", "us-gov-east-1", false},
		"a profile that tells of no place": {"", "cn-north-1", false},
	} {
		t.Run(name, func(t *testing.T) {
			config := parsed(t, "[profile work]\n"+c.lines)
			link, err := provider.Resolve(config, environment{}.get, provider.Request{Profile: "work"})
			if err != nil {
				t.Fatal(err)
			}
			section, err := config.Profile("work")
			if err != nil {
				t.Fatal(err)
			}
			if got := provider.Elsewhere(c.region, link, section); got != c.want {
				t.Errorf("%v", got)
			}
		})
	}
}
