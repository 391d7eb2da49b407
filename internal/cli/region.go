package cli

import (
	"fmt"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// regionVariable tells an awsmint that a command runs which region the command
// was given: that is its profile's, and nobody's choice for another.
const regionVariable = "AWSMINT_REGION"

var regionNames = [...]string{format.Region, format.DefaultRegion}

// callersRegion is the one that the caller's environment chooses, which goes
// before the profile's as it does in the AWS CLI.
func callersRegion(app *App, fits func(region string) bool) string {
	outer := app.Getenv(regionVariable)
	for _, name := range regionNames {
		if region := app.Getenv(name); region != "" && region != outer && fits(region) {
			return region
		}
	}
	return ""
}

// anywhere is where a stand-in for AWS may be.
func anywhere(string) bool { return true }

// takeRegion takes the region to pass on from the environment or the profile.
// One of another partition, that a shell has for other work, is of no use with
// these credentials: nobody there knows them.
func (s *supply) takeRegion(app *App, section *awsconfig.Section) {
	var foreign string
	region := callersRegion(app, func(region string) bool {
		if provider.Elsewhere(region, s.run.link, section) {
			foreign = region
			return false
		}
		return true
	})
	if s.region = firstSet(region, section.Setting("region")); region != "" || foreign == "" {
		return
	}
	app.Warn(fmt.Sprintf("the region %q of the environment is not passed on: profile %q has credentials of another partition (--region REGION names one)", foreign, s.what))
	for _, name := range regionNames {
		s.unset = append(s.unset, secret.Variable{Name: name})
	}
}

// regionVariables are those that say where; none without a region.
func regionVariables(region string) []secret.Variable {
	var set []secret.Variable
	for _, name := range regionNames {
		if region != "" {
			set = append(set, secret.Variable{Name: name, Value: secret.New(region)})
		}
	}
	return set
}
