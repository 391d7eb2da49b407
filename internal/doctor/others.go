package doctor

import (
	"errors"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/provider"
)

// others looks at the profiles that have nothing to do with awsmint, where none
// was asked for: at what SDKs trip over in the two files. AWS is asked about the
// one in use alone, since people have a hundred of them.
func (e *examination) others() {
	if e.Profile != "" {
		return
	}
	closely := e.profiles()
	for _, name := range e.config.Profiles() {
		if !slices.Contains(closely, name) {
			e.other(name, name == e.profileInUse() && e.Getenv(keycheck.AccessKeyID) == "")
		}
	}
}

func (e *examination) other(name string, inUse bool) {
	section, err := e.config.Profile(name)
	if err != nil {
		e.failed(Profile, "profile-broken", name, err)
		return
	}
	e.rivals(section)
	e.misspelt(section)
	keysFine := e.plaintext(section, true)
	link, err := provider.Resolve(e.config, e.Getenv, provider.Request{Profile: name})
	if err != nil {
		// Half a key in each of the files looks like a whole one together.
		if isOfSDKs(err) || keysFine && errors.Is(err, provider.ErrHalfKey) {
			e.unresolved(name, err)
		}
		return
	}
	if root, plain := provider.Root(link).(*provider.Static); plain && inUse {
		e.inPlainText(root, nil, true)
	}
}

// isOfSDKs reports whether other programs, too, fail over what awsmint can't
// resolve. Lives are shorter with them, and keys have been looked at.
func isOfSDKs(err error) bool {
	var setting *provider.SettingError
	if errors.As(err, &setting) {
		return !isOfKeys(err) && !strings.HasSuffix(setting.Key, "duration_seconds")
	}
	return errors.Is(err, provider.ErrCircle)
}
