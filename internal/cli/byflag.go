package cli

import (
	"errors"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// byFlag says of a wrong setting which flag it came from, in place of where it
// would stand in a file that is not written yet.
func (a *Add) byFlag(err error) error {
	var wrong *provider.SettingError
	if !errors.As(err, &wrong) || wrong.Profile != a.Profile {
		return err
	}
	for _, flag := range []struct{ key, name, value string }{
		{"region", "--region", a.Region},
		{"awsmint_role_arn", "--role-arn", a.RoleARN},
		{"awsmint_source_profile", "--source-profile", a.SourceProfile},
		{"awsmint_external_id", "--external-id", a.ExternalID},
		{"awsmint_duration", "--duration", a.Duration},
	} {
		if flag.key == wrong.Key && flag.value != "" {
			return fault.Wrap(wrong.Err, fault.StatusOf(err), flag.name+": "+wrong.Err.Error(), fault.HintOf(err))
		}
	}
	return err
}
