package doctor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// profiles are those to look at closely: the one that was asked for, else all
// that have to do with awsmint.
func (e *examination) profiles() (names []string) {
	if e.Profile != "" {
		return []string{e.Profile}
	}
	for _, name := range e.config.Profiles() {
		if section, err := e.config.Profile(name); err == nil && isOurs(section) {
			names = append(names, name)
		}
	}
	return names
}

// isOurs reports whether a profile runs awsmint, or has settings of awsmint's.
func isOurs(section *awsconfig.Section) bool {
	_, runsUs := provider.OwnLine(section.Get("credential_process"))
	return runsUs || len(section.OwnKeys()) > 0
}

// profile looks at a profile, and at where its credentials come from.
func (e *examination) profile(name string) {
	section, err := e.config.Profile(name)
	if errors.Is(err, awsconfig.ErrNoProfile) {
		e.failed(Profile, "profile-missing", name, err)
		return
	}
	if err != nil {
		e.failed(Profile, "profile-broken", name, err)
		return
	}
	e.conflicts(section)
	e.line(section)
	e.rivals(section)
	e.misspelt(section)
	keysFine := e.plaintext(section, false)
	request := provider.Request{Profile: name}
	request.RawKey = strings.EqualFold(section.Get("awsmint_session"), "off") && section.Setting("role_arn") == ""
	link, err := provider.Resolve(e.config, e.Getenv, request)
	if err != nil {
		if keysFine || !isOfKeys(err) {
			e.unresolved(name, err)
		}
		if own, ok := provider.OwnLine(section.Get("credential_process")); ok && own.Profile == name && section.Setting("role_arn") == "" {
			e.stored(name, nil) // whatever else is wrong, its key is in the keychain
		}
		return
	}
	e.add(Finding{ID: "profile-resolved", Severity: OK, Area: Profile, Profile: name, Fact: "credentials come from: " + provider.Describe(link)})
	e.lives(section, link)
	e.ways(name, link, e.links(name, link))
}

// unresolved names what keeps a profile from giving credentials.
func (e *examination) unresolved(name string, err error) {
	f := Finding{ID: "profile-wrong", Severity: Error, Area: Profile, Profile: name, Fact: oneLine(err.Error()), Advice: oneLine(fault.HintOf(err))}
	var setting *provider.SettingError
	if errors.As(err, &setting) {
		f.Profile = setting.Profile
	}
	if setting != nil && setting.File != "" {
		f.Where = fmt.Sprintf("%s:%d", setting.File, setting.Line)
		f.Fact = oneLine(fmt.Sprintf("%s: %v", setting.Key, setting.Err))
	}
	switch {
	case errors.Is(err, provider.ErrNoSetting):
		f.ID = "setting-unknown"
	case errors.Is(err, provider.ErrCircle):
		f.ID = "source-circle"
	case errors.Is(err, awsconfig.ErrNoProfile):
		f.ID = "source-missing"
	case setting != nil && strings.HasSuffix(setting.Key, "mfa_serial"):
		f.ID = "mfa-serial-form"
	case setting != nil && strings.Contains(setting.Key, "duration"):
		f.ID = "duration-wrong"
	case setting != nil && strings.HasSuffix(setting.Key, "expiry_window"):
		f.ID = "window-wrong"
	case setting != nil:
		f.ID = "setting-wrong"
	}
	e.add(f)
}

// minWindow is what the AWS CLI, boto3 and .NET want to be left: with less they
// run a credential_process for each request.
const minWindow = 15 * time.Minute

// lives warns of a window in which SDKs run awsmint for each request, and of a
// life that nobody is asked for.
func (e *examination) lives(section *awsconfig.Section, link provider.Link) {
	var window time.Duration
	switch l := link.(type) {
	case *provider.Session:
		window = l.Window
	case *provider.Role:
		window = l.Window
	case *provider.WebIdentity:
		window = l.Window
	default:
		e.lifeElsewhere(section, link)
	}
	if window == 0 || window >= minWindow {
		return
	}
	e.add(Finding{
		ID: "window-short", Severity: Warning, Area: Profile, Profile: section.Name(), Where: place(section, "awsmint_expiry_window"),
		Fact:   fmt.Sprintf("awsmint_expiry_window is %s: the AWS CLI, boto3 and the SDK for .NET run awsmint for each request once less than 15 minutes are left", provider.Span(window)),
		Advice: "take awsmint_expiry_window out, or set it to 15m or more",
	})
}

// lifeElsewhere warns of a duration in a profile whose credentials live as long
// as others say.
func (e *examination) lifeElsewhere(section *awsconfig.Section, link provider.Link) {
	if section.Get("awsmint_duration") == "" {
		return
	}
	e.add(Finding{
		ID: "duration-ignored", Severity: Warning, Area: Profile, Profile: section.Name(), Where: place(section, "awsmint_duration"),
		Fact:   fmt.Sprintf("awsmint_duration does nothing here: awsmint can't choose how long these credentials live: %s", provider.Describe(link)),
		Advice: "take awsmint_duration out",
	})
}

// place is where a setting stands.
func place(section *awsconfig.Section, key string) string {
	file, line := section.Origin(key)
	if file == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// chain is a link and all that it is minted from.
func chain(link provider.Link) (links []provider.Link) {
	for ; link != nil; link = link.Source() {
		links = append(links, link)
	}
	return links
}

// sessionIn is the user's session of a chain; nil where there is none.
func sessionIn(link provider.Link) *provider.Session {
	links := chain(link)
	if i := slices.IndexFunc(links, func(l provider.Link) bool { _, ok := l.(*provider.Session); return ok }); i >= 0 {
		return links[i].(*provider.Session)
	}
	return nil
}
