package awsconfig

import (
	"os"
	"path/filepath"

	"github.com/awsmint/awsmint/internal/secret"
)

// Paths names the two shared config files.
type Paths struct{ Config, Credentials string }

// The variables that name the files, and what tells awsmint of those that were
// hidden from the SDKs.
const (
	configVariable      = "AWS_CONFIG_FILE"
	credentialsVariable = "AWS_SHARED_CREDENTIALS_FILE"
	hiddenConfig        = "AWSMINT_CONFIG_FILE"
	hiddenCredentials   = "AWSMINT_SHARED_CREDENTIALS_FILE"
)

// Hidden are the variables for a program whose SDKs are not to see the files,
// while an awsmint that it runs finds them all the same, from wherever.
func (p Paths) Hidden() []secret.Variable {
	var set []secret.Variable
	for _, v := range [][2]string{
		{configVariable, os.DevNull}, {credentialsVariable, os.DevNull},
		{hiddenConfig, absolute(p.Config)}, {hiddenCredentials, absolute(p.Credentials)},
	} {
		set = append(set, secret.Variable{Name: v[0], Value: secret.New(v[1])})
	}
	return set
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// FindPaths returns the files that the SDKs would read: what AWS_CONFIG_FILE
// and AWS_SHARED_CREDENTIALS_FILE name, else config and credentials in home's
// .aws directory. A leading ~ of either variable stands for home; ~user is
// left as it is, as a variable set outside a shell is. getenv is as os.Getenv:
// a variable that is empty counts as not set. Files that an outer awsmint has
// hidden are found.
func FindPaths(getenv func(string) string, home string) Paths {
	find := func(variable, hidden, base string) string {
		path := getenv(variable)
		if real := getenv(hidden); path == os.DevNull && real != "" {
			return real
		}
		if path != "" {
			return expandHome(path, home)
		}
		return filepath.Join(home, ".aws", base)
	}
	return Paths{
		Config:      find(configVariable, hiddenConfig, "config"),
		Credentials: find(credentialsVariable, hiddenCredentials, "credentials"),
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
