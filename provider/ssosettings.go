package provider

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// defaultScope is the one scope that role credentials, and a token that is
// renewed without a browser, take.
const defaultScope = "sso:account:access"

// maxSSODuration is the longest life of a permission set's credentials, from
// the IAM Identity Center user guide.
const maxSSODuration = 12 * time.Hour

// sso resolves a profile with sso_session, or with the older form that says
// everything in the profile.
func (r *resolver) sso(section *awsconfig.Section) (_ Link, err error) {
	l := &SSO{profile: section.Name(), Session: section.Setting("sso_session")}
	key, where := "sso_start_url", section
	l.Client.regionFrom = fmt.Sprintf("sso_region in profile %q", section.Name())
	if l.Session != "" {
		key = "sso_session"
		l.Client.regionFrom = fmt.Sprintf("sso_region in the section [sso-session %s]", l.Session)
		if where, err = r.config.SSOSession(l.Session); err != nil {
			return nil, at(section, key, err)
		}
	}
	if err := l.readPortal(section, key, where); err != nil {
		return nil, err
	}
	if err := l.readRole(section, key); err != nil {
		return nil, err
	}
	return l, l.readClient(r, section)
}

// readPortal reads which IAM Identity Center it is, from where. key is the
// profile's setting that leads there.
func (s *SSO) readPortal(section *awsconfig.Section, key string, where *awsconfig.Section) error {
	s.StartURL, s.Region = where.Setting("sso_start_url"), where.Setting("sso_region")
	title := fmt.Sprintf("the profile %q", section.Name())
	if s.Session != "" {
		title = fmt.Sprintf("the section [sso-session %s]", s.Session)
	}
	for _, setting := range []struct{ name, value, example string }{
		{"sso_start_url", s.StartURL, "https://NAME.awsapps.com/start"},
		{"sso_region", s.Region, "eu-west-1 (the region of the IAM Identity Center, not of your resources)"},
	} {
		beside := section.Setting(setting.name)
		switch {
		case setting.value == "":
			return at(section, key, fault.New(fault.Usage, fmt.Sprintf("%s has no %s", title, setting.name),
				fmt.Sprintf("add to it a line such as %s = %s", setting.name, setting.example)))
		case beside != "" && beside != setting.value:
			return at(section, setting.name, fault.New(fault.Usage,
				fmt.Sprintf("%q is not the %s of %s, %q", beside, setting.name, title, setting.value),
				"take the line out of the profile, or correct the one that is wrong"))
		}
	}
	if u, err := url.Parse(s.StartURL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return at(section, key, fault.New(fault.Usage, fmt.Sprintf("the sso_start_url %q of %s is not the URL of an access portal", withoutPassword(s.StartURL), title),
			"copy it from the browser: it has a form like https://NAME.awsapps.com/start"))
	}
	if CheckRegion(s.Region) != nil {
		return at(section, key, fault.New(fault.Usage, fmt.Sprintf("the sso_region %q of %s is not a region", s.Region, title),
			"it has a form like eu-west-1, and is that of the IAM Identity Center"))
	}
	s.Scopes = strings.FieldsFunc(where.Setting("sso_registration_scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(s.Scopes) == 0 {
		s.Scopes = []string{defaultScope}
	}
	return nil
}

// readRole reads what the profile itself says.
func (s *SSO) readRole(section *awsconfig.Section, key string) (err error) {
	s.AccountID, s.RoleName = section.Setting("sso_account_id"), section.Setting("sso_role_name")
	for _, setting := range []struct{ name, value, example string }{
		{"sso_account_id", s.AccountID, "111122223333"},
		{"sso_role_name", s.RoleName, "ReadOnly"},
	} {
		if setting.value == "" {
			return at(section, key, fault.New(fault.Usage, fmt.Sprintf("the profile has no %s", setting.name),
				fmt.Sprintf("add a line such as %s = %s; the access portal (%s) shows your accounts and roles", setting.name, setting.example, s.StartURL)))
		}
	}
	if !isAccount(s.AccountID) {
		return at(section, "sso_account_id", fault.New(fault.Usage, fmt.Sprintf("%q is not an account id", s.AccountID), "it has twelve digits"))
	}
	if !isRole(section) {
		s.Window, err = expiryWindow(section, maxSSODuration)
	}
	return err
}

// readClient reads how the IAM Identity Center is reached: in its own region.
func (s *SSO) readClient(r *resolver, section *awsconfig.Section) (err error) {
	s.Client.Region = s.Region
	if err := s.Client.readTransport(section, r.getenv); err != nil {
		return err
	}
	if s.PortalEndpoint, err = s.Client.endpoint(r.config, section, r.getenv, "sso"); err != nil {
		return err
	}
	if s.OIDCEndpoint, err = s.Client.endpoint(r.config, section, r.getenv, "sso_oidc"); err != nil {
		return err
	}
	s.Client.note(s.Client.checkEndpoint(section.Name(), s.PortalEndpoint))
	s.Client.note(s.Client.checkEndpoint(section.Name(), s.OIDCEndpoint))
	return nil
}
