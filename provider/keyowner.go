package provider

import "github.com/awsmint/awsmint/internal/awsconfig"

// keyOwner is a profile that has a key of its own in the keychain.
type keyOwner struct {
	section *awsconfig.Section
	session *Session // that the key would be given; without a Serial there is no MFA device
	client  Client   // how AWS is reached, IAM too
}

// findOwner resolves a profile to the key that it has itself. Where it has none,
// refuse says so, and what the profile has in its place.
func findOwner(config *awsconfig.Config, getenv func(string) string, profile string, refuse func(profile string, link Link) error) (owner keyOwner, err error) {
	resolver := &resolver{config: config, getenv: getenv}
	if owner.section, err = config.Profile(profile); err == nil {
		err = checkKnown(owner.section)
	}
	if err != nil {
		return keyOwner{}, err
	}
	link, err := resolver.profile(owner.section, Request{})
	if err != nil {
		return keyOwner{}, err
	}
	if key := Root(link); isKeyOf(key, profile) && !isSession(link) {
		// The profile is a role over its own key; or says awsmint_session = off,
		// and IAM and roles may ask for MFA all the same.
		if link, err = resolver.sessionOf(owner.section, key); err != nil {
			return keyOwner{}, err
		}
	}
	session, ok := link.(*Session)
	if !ok || !isKeyOf(session.source, profile) {
		return keyOwner{}, refuse(profile, link)
	}
	owner.session, owner.client = session, session.Client
	owner.client.IAMEndpoint, err = owner.client.endpoint(config, owner.section, getenv, "iam")
	return owner, err
}

func isSession(l Link) bool {
	_, ok := l.(*Session)
	return ok
}

func isKeyOf(l Link, profile string) bool {
	key, ok := l.(*Key)
	return ok && key.profile == profile
}
