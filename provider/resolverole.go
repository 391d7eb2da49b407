package provider

import (
	"fmt"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// roleSources are the settings that say what a role is assumed with. Each
// needs a role.
var roleSources = []string{"source_profile", "credential_source", "web_identity_token_file", "web_identity_token_process"}

// isRole reports whether a profile assumes a role, or has a setting that means
// nothing without one.
func isRole(section *awsconfig.Section) bool {
	if section.Setting("role_arn") != "" {
		return true
	}
	for _, key := range roleSources {
		if section.Setting(key) != "" {
			return true
		}
	}
	return false
}

// role resolves a profile that assumes a role.
func (r *resolver) role(section *awsconfig.Section) (Link, error) {
	how, err := roleSource(section)
	if err != nil {
		return nil, err
	}
	a, err := assumptionOf(section)
	if err == nil {
		err = r.ownRole(&a)
	}
	if err != nil {
		return nil, err
	}
	r.roles = append(r.roles, section)
	if strings.HasPrefix(how, "web_identity") {
		return r.webIdentity(section, a)
	}
	source, err := r.roleSource(section, how)
	if err != nil {
		return nil, err
	}
	window, err := expiryWindow(section, a.Duration)
	if err != nil {
		return nil, err
	}
	return r.assume(section, a, window, source)
}

// roleSource returns the one setting that says what the role is assumed with.
func roleSource(section *awsconfig.Section) (how string, err error) {
	for _, key := range roleSources {
		switch {
		case section.Setting(key) == "":
		case how == "":
			how = key
		default:
			return "", at(section, key, fault.New(fault.Usage,
				fmt.Sprintf("%s is set too, and a profile can have only one of them", how),
				"take out the one that you do not mean"))
		}
	}
	switch empty := emptyRoleSource(section); {
	case section.Setting("role_arn") == "":
		return "", at(section, how, fault.New(fault.Usage, "there is no role_arn to go with it",
			"add the ARN of the role to assume (role_arn, or awsmint_role_arn), or take the line out"))
	case how == "" && empty != "":
		return "", at(section, empty, fault.New(fault.Usage, "it is empty, and nothing else says what the role is assumed with",
			fmt.Sprintf("name a profile in source_profile (the profile's own name, %q, means its own key), or set credential_source", section.Name())))
	case how == "":
		return "", at(section, "role_arn", fault.New(fault.Usage,
			"nothing says what the role is assumed with",
			fmt.Sprintf("add source_profile (the profile's own name, %q, means its own key), or credential_source", section.Name())))
	}
	return how, nil
}

// emptyRoleSource is the first of these settings that is there without a value,
// which is as good as none, to the SDKs too.
func emptyRoleSource(section *awsconfig.Section) string {
	for _, key := range roleSources {
		if file, _ := section.Origin(written(section, key)); file != "" && section.Setting(key) == "" {
			return key
		}
	}
	return ""
}

func (r *resolver) roleSource(section *awsconfig.Section, how string) (Link, error) {
	name := section.Setting(how)
	if how == "source_profile" {
		return r.source(name, section)
	}
	switch name {
	case "Environment":
		return r.environment(section)
	case "Ec2InstanceMetadata":
		return r.instance(section)
	case "EcsContainer":
		return r.container(section)
	}
	return nil, at(section, how, fault.New(fault.Usage, fmt.Sprintf("%q is not a source of credentials", name),
		"it must be Environment, Ec2InstanceMetadata or EcsContainer"))
}

// assume is the role on top of its source: of a session, whose MFA it shares,
// or where that can't be, straight of the key.
func (r *resolver) assume(section *awsconfig.Section, a assumption, window time.Duration, source Link) (Link, error) {
	role := &Role{assumption: a, Window: window, profile: section.Name(), source: source}
	var err error
	if role.Client, err = clientSettings(r.config, section, r.getenv, partitionOf(a.RoleARN)); err != nil {
		return nil, err
	}
	off, err := sessionOff(section)
	if err != nil {
		return nil, err
	}
	session, fromSession := source.(*Session)
	if fromSession && (off || a.Duration > ChainedDuration) {
		role.source = session.source
	}
	if _, still := role.source.(*Session); still {
		return role, nil
	}
	if isTemporary(role.source) {
		return role, role.checkChained()
	}
	return role, r.ownCode(role, section, session)
}

// ownCode sets how a role that is minted straight from a key gets its code: by
// its own device, else that of the key's profile.
func (r *resolver) ownCode(role *Role, section *awsconfig.Section, session *Session) (err error) {
	own := section.Setting("mfa_serial") != ""
	if !own && session != nil {
		role.Serial, role.MFA = session.Serial, session.MFA
		return nil
	}
	key, err := r.config.Profile(role.source.Profile())
	if err != nil {
		return err
	}
	device := section
	if !own {
		device = r.device(key)
	}
	if role.Serial, err = serialNumber(device); err != nil {
		return err
	}
	role.MFA, err = mfaSettings(device, key)
	return err
}

// isTemporary reports whether a link is known to give temporary credentials. A
// credential_process may give either.
func isTemporary(l Link) bool {
	switch l := l.(type) {
	case *Key, *Process:
		return false
	case *Static:
		return l.isTemporary()
	case *Environment:
		return l.Temporary
	}
	return true
}
