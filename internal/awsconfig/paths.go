package awsconfig

import (
	"os"
	"path/filepath"
)

// Paths names the two shared config files.
type Paths struct{ Config, Credentials string }

// FindPaths returns the files that the SDKs would read: what AWS_CONFIG_FILE
// and AWS_SHARED_CREDENTIALS_FILE name, else config and credentials in home's
// .aws directory. A leading ~ of either variable stands for home; ~user is
// left as it is, as a variable set outside a shell is. getenv is as os.Getenv:
// a variable that is empty counts as not set.
func FindPaths(getenv func(string) string, home string) Paths {
	find := func(variable, base string) string {
		if path := getenv(variable); path != "" {
			return expandHome(path, home)
		}
		return filepath.Join(home, ".aws", base)
	}
	return Paths{
		Config:      find("AWS_CONFIG_FILE", "config"),
		Credentials: find("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
	}
}

// expandHome turns ~ and ~/x into home and home/x. On Windows, ~\x too.
func expandHome(path, home string) string {
	switch {
	case path == "~":
		return home
	case len(path) > 1 && path[0] == '~' && os.IsPathSeparator(path[1]):
		return filepath.Join(home, path[2:])
	}
	return path
}
