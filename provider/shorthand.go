package provider

import (
	"fmt"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// shorthand is a role that a command line asks for on top of a profile, whose
// section this is. from says where the command line stands.
func (r *resolver) shorthand(section *awsconfig.Section, source Link, request Request, from origin) (Link, error) {
	a := assumption{RoleARN: request.RoleARN, ExternalID: request.ExternalID, Duration: request.Duration, durationFrom: "--duration" + from.where}
	if a.Duration == 0 {
		a.Duration = ChainedDuration
	}
	if err := CheckRoleARN(a.RoleARN); err != nil {
		return nil, from.wrong("--role-arn", err)
	}
	if err := checkRoleDuration(a.Duration); err != nil {
		return nil, from.wrong("--duration", err)
	}
	if a.ExternalID != "" {
		if err := checkExternalID(a.ExternalID); err != nil {
			return nil, from.wrong("--external-id", err)
		}
	}
	return r.assume(section, a, 0, source)
}

// origin is where a command line of awsmint stands.
type origin struct {
	section *awsconfig.Section // nil: it is the one that runs
	where   string             // behind a flag's name: " in …"; empty for the one that runs
}

// asFlag is the command line that runs.
var asFlag origin

// inLineOf is the credential_process of a profile.
func inLineOf(section *awsconfig.Section) origin {
	return origin{section, fmt.Sprintf(" in the %s of profile %q", written(section, lineKey), section.Name())}
}

const lineKey = "credential_process"

// wrong names the flag that is wrong, and the line that it stands in.
func (o origin) wrong(flag string, err error) error {
	err = fault.Wrap(err, fault.StatusOf(err), flag+": "+err.Error(), fault.HintOf(err))
	if o.section == nil {
		return err
	}
	return at(o.section, lineKey, err)
}
