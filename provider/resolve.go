package provider

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// Request is what a program wants: a profile, and perhaps more than its
// settings say.
type Request struct {
	Profile string

	// RoleARN is a role to assume with the profile's credentials.
	RoleARN    string
	ExternalID string
	Duration   time.Duration // of the credentials; 0: as the profile says, and one hour for RoleARN

	// RawKey asks for the profile's long-term key itself.
	RawKey bool

	// PolicyARNs and ReadOnly ask for less than the profile may do: what these
	// managed policies, and AWS's own ReadOnlyAccess, allow.
	PolicyARNs []string
	ReadOnly   bool

	// Console asks for credentials that begin a session in the AWS console,
	// which takes no user's session: a federated user's in its place.
	Console bool
}

// Resolve returns the chain for a request: its last link, which leads to the
// others. getenv gives the process-wide choices of endpoint and transport;
// nothing in the environment chooses the identity, but where a profile says
// credential_source = Environment. Every setting is checked here, before
// anyone is asked for anything.
//
// The order in a profile is that of AWS's SDKs: a role before everything else,
// then keys, IAM Identity Center, a login session, a credential_process, and
// where there is none of these, the key in the keychain. In a source profile
// keys come before a role.
func Resolve(config *awsconfig.Config, getenv func(string) string, request Request) (Link, error) {
	r := &resolver{config: config, getenv: getenv}
	section, err := config.Profile(request.Profile)
	if err == nil {
		err = errors.Join(checkRaw(request), checkKnown(section))
	}
	if err != nil {
		return nil, err
	}
	if request.RoleARN == "" {
		r.life = request.Duration
	}
	link, err := r.profile(section, request)
	if err != nil {
		return nil, err
	}
	if request.RawKey {
		return r.rawKey(link, request)
	}
	if request.RoleARN != "" {
		if link, err = r.shorthand(section, link, request, asFlag); err != nil {
			return nil, err
		}
	}
	if link, err = r.narrowed(link, request); err != nil {
		return nil, err
	}
	if r.life != 0 {
		if link, err = r.lasting(link); err != nil {
			return nil, err
		}
	}
	return link, checkSession(link)
}

// resolver is one walk from a profile to where its credentials come from.
type resolver struct {
	config *awsconfig.Config
	getenv func(string) string

	life    time.Duration        // of the last link, where the profile's own is not what is asked for
	visited []string             // the profiles on the way
	roles   []*awsconfig.Section // the role profiles among them
}

// source resolves the profile that another one, namer, names as its source.
func (r *resolver) source(name string, namer *awsconfig.Section) (Link, error) {
	section, err := r.next(name, namer, "source_profile")
	if err != nil {
		return nil, r.onTheWay(name, err)
	}
	if name == namer.Name() {
		// A profile that is its own source uses what it has beside the role.
		return r.base(section)
	}
	if slices.Contains(r.visited, name) {
		return nil, r.cycle(name)
	}
	link, err := r.keys(section)
	if link == nil && err == nil {
		link, err = r.profile(section, Request{})
	}
	return link, r.onTheWay(name, err)
}

// profile resolves a profile that was not met before. What asked says beyond
// the profile is for the caller to add.
func (r *resolver) profile(section *awsconfig.Section, asked Request) (Link, error) {
	r.visited = append(r.visited, section.Name())
	if err := checkRoleOnly(section); err != nil {
		return nil, err
	}
	inner, ours := OwnLine(section.Setting("credential_process"))
	if ours && inner.Profile != section.Name() {
		return r.behind(section, inner)
	}
	link, err := r.itself(section)
	// Whoever runs the profile's own line asks for the role already.
	if err != nil || inner.RoleARN == "" || asked.RoleARN != "" || asked.RawKey {
		return link, err
	}
	return r.shorthand(section, link, inner, inLineOf(section))
}

// itself is what a profile's settings say, but for its credential_process where
// that is awsmint's.
func (r *resolver) itself(section *awsconfig.Section) (Link, error) {
	if isRole(section) {
		return r.role(section)
	}
	return r.base(section)
}

// behind follows a credential_process that runs awsmint for another profile,
// without running it. What that line asks for is the other profile's, as it is
// when the line is run: either way it is one entry of the cache.
func (r *resolver) behind(namer *awsconfig.Section, inner Request) (Link, error) {
	section, err := r.next(inner.Profile, namer, "credential_process")
	if err != nil {
		return nil, r.onTheWay(inner.Profile, err)
	}
	if slices.Contains(r.visited, inner.Profile) {
		return nil, r.cycle(inner.Profile)
	}
	link, err := r.profile(section, inner)
	if err != nil || inner.RoleARN == "" {
		return link, r.onTheWay(inner.Profile, err)
	}
	return r.shorthand(section, link, inner, inLineOf(namer))
}

// next is the section of the profile that namer's setting key names.
func (r *resolver) next(name string, namer *awsconfig.Section, key string) (*awsconfig.Section, error) {
	section, err := r.config.Profile(name)
	if errors.Is(err, awsconfig.ErrNoProfile) {
		hint := firstSet(r.config.Meant(name, r.visited...), fmt.Sprintf("correct the name, or add the profile: awsmint add %s", name))
		return nil, at(namer, key, fault.Wrap(err, fault.Missing,
			fmt.Sprintf("there is no profile %q (%s)", name, writtenOut(append(slices.Clone(r.visited), name))), hint))
	}
	if err == nil {
		err = checkKnown(section)
	}
	return section, err
}

// base is what a profile has beside a role.
func (r *resolver) base(section *awsconfig.Section) (Link, error) {
	if keys, err := r.keys(section); keys != nil || err != nil {
		return keys, err
	}
	if section.Setting("sso_session") != "" || section.Setting("sso_start_url") != "" {
		return r.sso(section)
	}
	if section.Setting("login_session") != "" {
		return r.login(section)
	}
	if line := section.Setting("credential_process"); line != "" && !isOwnFor(line, section.Name()) {
		process, err := r.process(section, line)
		if err != nil {
			return nil, err
		}
		if section.Setting("mfa_serial") == "" {
			return process, nil
		}
		return r.session(section, process)
	}
	maxAge, err := MaxKeyAge(section)
	if err != nil {
		return nil, err
	}
	return r.session(section, &Key{profile: section.Name(), maxAge: maxAge})
}

// keys is for the keys that stand in the config files; nil where there are
// none, or where the profile's own credential_process says that its key is in
// the keychain.
func (r *resolver) keys(section *awsconfig.Section) (Link, error) {
	if isOwnFor(section.Get("credential_process"), section.Name()) {
		return nil, nil
	}
	keys, err := staticKeys(r.config, section)
	if keys == nil || err != nil {
		return nil, err
	}
	if keys.isTemporary() {
		return keys, nil
	}
	return r.session(section, keys)
}

// session is a session from a long-term key; the key itself where the profile
// says awsmint_session = off. What a role profile says of lives is said of the
// role.
func (r *resolver) session(section *awsconfig.Section, key Link) (Link, error) {
	off, err := sessionOff(section)
	if err != nil || off {
		return key, err
	}
	return r.sessionOf(section, key)
}

func (r *resolver) sessionOf(section *awsconfig.Section, key Link) (s *Session, err error) {
	s = &Session{source: key}
	device := r.device(section)
	if s.Serial, err = serialNumber(device); err != nil {
		return nil, err
	}
	if s.MFA, err = mfaSettings(device, section); err != nil {
		return nil, err
	}
	if s.Duration, s.Window, err = sessionLife(section); err != nil {
		return nil, err
	}
	s.Client, err = clientSettings(r.config, section, r.getenv, partitionOf(s.Serial))
	return s, err
}

// device is the section that names the MFA device for a profile's key: the
// profile itself, else the nearest role profile that leads to it.
func (r *resolver) device(section *awsconfig.Section) *awsconfig.Section {
	for _, candidate := range append([]*awsconfig.Section{section}, r.nearest()...) {
		if candidate.Setting("mfa_serial") != "" {
			return candidate
		}
	}
	return section
}

// nearest are the role profiles on the way, the last one first.
func (r *resolver) nearest() []*awsconfig.Section {
	roles := slices.Clone(r.roles)
	slices.Reverse(roles)
	return roles
}
