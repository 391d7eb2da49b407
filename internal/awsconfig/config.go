// Package awsconfig reads ~/.aws/config and ~/.aws/credentials as the SDKs do,
// and edits them without disturbing a byte that is not ours.
//
// Load gives the merged view of both files, Open a single file for editing.
// The rules are those of AWS's conformance suite for SDKs and, where it is
// silent, those of the Go SDK v2; a comment says so where they were not plain.
package awsconfig

import (
	"errors"
	"fmt"

	"github.com/awsmint/awsmint/internal/fault"
)

// ErrNoProfile is what errors.Is finds when a profile is in neither file.
var ErrNoProfile = errors.New("no such profile")

// Config is the merged view of both files. It does not change, so it may be
// used by several goroutines at once.
type Config struct{ config, credentials *source }

// Load reads both files. A file that is not there is an empty one. Any other
// failure to read, and a structure that leaves open which section a line
// belongs to, is a *fault.Error that names the file and, where there is one,
// the line. A broken line within a section is no concern of Load's: see
// Profile and Check.
func Load(p Paths) (*Config, error) {
	config, err := readFile(p.Config)
	if err != nil {
		return nil, err
	}
	credentials, err := readFile(p.Credentials)
	if err != nil {
		return nil, err
	}
	return parse(p, config, credentials)
}

// Parse is Load for the contents of both files.
func Parse(config, credentials []byte) (*Config, error) {
	return ParseAs(Paths{"config", "credentials"}, config, credentials)
}

// ParseAs is Parse for what is to stand in the files p, or stands there: errors
// name these.
func ParseAs(p Paths, config, credentials []byte) (*Config, error) {
	return parse(p, string(config), string(credentials))
}

func parse(p Paths, config, credentials string) (*Config, error) {
	c := new(Config)
	var err error
	if c.config, err = index(p.Config, config); err != nil {
		return nil, err
	}
	if c.credentials, err = index(p.Credentials, credentials); err != nil {
		return nil, err
	}
	return c, nil
}

// Profile returns a profile by its name, which is case-sensitive, merged from
// both files. The error is a *fault.Error: one that wraps ErrNoProfile, with
// the status Missing and a hint at what may have been meant; or one that names
// the file and line of a broken property of this profile.
func (c *Config) Profile(name string) (*Section, error) {
	inConfig, inCredentials := ConfigProfile(name), CredentialsProfile(name)
	if len(c.config.find(inConfig)) == 0 && len(c.credentials.find(inCredentials)) == 0 {
		return nil, c.noProfile(name)
	}
	s := &Section{header: inConfig, entries: map[string]entry{}}
	if err := s.merge(c.config, inConfig); err != nil {
		return nil, err
	}
	if err := s.merge(c.credentials, inCredentials); err != nil {
		return nil, err
	}
	return s, nil
}

// InFiles returns a profile as each of the files has it by itself, those that
// have it. The credentials file is first: SDKs take a plaintext key from there
// before the config file's, and never half of one from either. The error is as
// Profile's for a broken property.
func (c *Config) InFiles(name string) (sections []*Section, err error) {
	for _, file := range []struct {
		src    *source
		header Header
	}{{c.credentials, CredentialsProfile(name)}, {c.config, ConfigProfile(name)}} {
		s := &Section{header: ConfigProfile(name), entries: map[string]entry{}}
		if err := s.merge(file.src, file.header); err != nil {
			return nil, err
		}
		if len(s.entries) > 0 {
			sections = append(sections, s)
		}
	}
	return sections, nil
}

// Profiles returns the names of all profiles that Profile finds, each once, in
// the order of the config file, then those that only the credentials file has.
func (c *Config) Profiles() []string {
	var names []string
	seen := map[string]bool{}
	list := func(src *source, header func(string) Header) {
		for _, sec := range src.sections {
			if name := sec.title.name; header(name).matches(sec.title) && !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	list(c.config, ConfigProfile)
	list(c.credentials, CredentialsProfile)
	return names
}

// SSOSession returns the config file's section [sso-session name]. When there
// is none the error is a *fault.Error with the status Missing.
func (c *Config) SSOSession(name string) (*Section, error) {
	return c.section(Header{kindSSOSession, name})
}

// Services returns the config file's section [services name]. When there is
// none the error is a *fault.Error with the status Missing.
func (c *Config) Services(name string) (*Section, error) {
	return c.section(Header{kindServices, name})
}

// section reads a section that only the config file can have: AWS documents
// the credentials file as one of profiles alone.
func (c *Config) section(h Header) (*Section, error) {
	if len(c.config.find(h)) == 0 {
		hint := fmt.Sprintf("add it there, or correct the %s setting that names it", settingFor(h.kind))
		if unquoted := c.config.unquoted(h); unquoted != "" {
			hint = unquoted
		} else if meant := DidYouMean(h.name, c.config.names(h.kind)); meant != "" {
			hint = meant
		}
		return nil, fault.New(fault.Missing, fmt.Sprintf("no section %q in %q", h, c.config.name), hint)
	}
	s := &Section{header: h, entries: map[string]entry{}}
	if err := s.merge(c.config, h); err != nil {
		return nil, err
	}
	return s, nil
}

// settingFor returns the key by which a profile names a section of this kind.
func settingFor(kind string) string {
	if kind == kindSSOSession {
		return "sso_session"
	}
	return kind
}

// Check reads every section of both files, those too that no SDK would use,
// and returns the first error, which names the file and line.
func (c *Config) Check() error {
	for _, src := range []*source{c.config, c.credentials} {
		for _, sec := range src.sections {
			if _, err := src.properties(sec); err != nil {
				return err
			}
		}
	}
	return nil
}

// Format prints the files' names whatever the verb: the texts may hold keys.
func (c Config) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%q and %q", c.config.name, c.credentials.name)
}
