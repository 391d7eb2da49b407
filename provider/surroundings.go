package provider

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

// Surroundings is where a user's files are.
type Surroundings struct {
	Home      string
	Paths     awsconfig.Paths // the shared config files
	ConfigDir string          // awsmint's own: the file keychain
	CacheDir  string          // awsmint's own: sealed credentials and locks
}

// FindSurroundings looks where the AWS CLI and the XDG base directories say.
func FindSurroundings(getenv func(string) string) (Surroundings, error) {
	home, err := homeDir()
	if err != nil {
		return Surroundings{}, err
	}
	s := Surroundings{
		Home:      home,
		Paths:     awsconfig.FindPaths(getenv, home),
		ConfigDir: directory(os.UserConfigDir, home, ".config"),
		CacheDir:  directory(os.UserCacheDir, home, ".cache"),
	}
	if dir := getenv("AWSMINT_CACHE_DIR"); dir != "" {
		if !filepath.IsAbs(dir) {
			return s, fault.New(fault.Usage, fmt.Sprintf("AWSMINT_CACHE_DIR is %q, which is not an absolute path", dir), "give an absolute path: each directory would else have a cache of its own")
		}
		s.CacheDir = dir
	}
	return s, nil
}

// homeDir is HOME, or where that is not set, as for some services, what the
// system's list of users says.
func homeDir() (string, error) {
	home, err := os.UserHomeDir()
	if err == nil {
		return home, nil
	}
	if u, userErr := user.Current(); userErr == nil && u.HomeDir != "" {
		return u.HomeDir, nil
	}
	return "", fault.Wrap(err, fault.Failure, "the home directory is not known: "+err.Error(), "set HOME")
}

// directory is awsmint's own below the user's. A relative XDG variable is
// ignored, as the XDG base directory specification asks.
func directory(base func() (string, error), home, otherwise string) string {
	dir, err := base()
	if err != nil {
		dir = filepath.Join(home, otherwise)
	}
	return filepath.Join(dir, "awsmint")
}

// Open returns the provider of a profile for a program that uses this package
// as a library: Resolve and New with the config files, the keychain and the
// cache that the awsmint command has, locks included. What o leaves out is
// filled in; o.NoInput decides whether a person may be asked for a code. A program
// that a profile's settings name can't open a profile that waits for it.
func Open(request Request, o Options) (*Cached, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	s, err := FindSurroundings(o.Getenv)
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.Load(s.Paths)
	if err != nil {
		return nil, err
	}
	o.Profile = firstSet(o.Profile, request.Profile)
	link, err := Resolve(config, o.Getenv, request)
	if err != nil {
		return nil, err
	}
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	if o.Environ, err = s.Enter(o.Getenv, o.Environ, request, link); err != nil {
		return nil, err
	}
	if o.Cache == nil {
		o.Cache = &cache.Cache{Dir: s.CacheDir, Now: o.Now}
	}
	if o.Keychain == nil {
		o.Keychain, err = keychain.Open(keychain.Options{
			Getenv: o.Getenv, ConfigDir: s.ConfigDir, CacheDir: s.CacheDir, Environ: o.Environ, Log: o.Log,
		})
		if err != nil {
			return nil, err
		}
	}
	return New(link, o), nil
}
