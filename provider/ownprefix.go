package provider

import (
	"slices"
	"strconv"
	"strings"
)

// withoutPrefixes takes from a command line the programs in front that start
// the rest of it as the same person on the same machine, with the same files.
func withoutPrefixes(words []string) []string {
	for len(words) > 0 {
		skip, ok := prefixes[programName(words[0])]
		if !ok {
			return words
		}
		words = skip(words[1:])
	}
	return words
}

// prefixes skip their own arguments; nil where these have another meaning than
// is known here.
var prefixes = map[string]func(arguments []string) []string{
	"nohup": func(arguments []string) []string { return arguments },
	"nice":  skipNiceness,
	"env":   skipVariables,
}

// skipNiceness skips -n 5, -n5, -5 and --adjustment=5.
func skipNiceness(arguments []string) []string {
	if len(arguments) == 0 || !strings.HasPrefix(arguments[0], "-") {
		return arguments
	}
	option, rest := arguments[0], arguments[1:]
	if (option == "-n" || option == "--adjustment") && len(rest) > 0 {
		option, rest = "-n"+rest[0], rest[1:]
	}
	number := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(option, "-"), "n"), "-adjustment=")
	if _, err := strconv.Atoi(number); err != nil {
		return nil
	}
	return rest
}

// skipVariables skips NAME=value, but neither an option, such as -i, nor a
// variable that leads to other files or another identity.
func skipVariables(arguments []string) []string {
	for i, word := range arguments {
		name, _, isVariable := strings.Cut(word, "=")
		switch {
		case !isVariable:
			return arguments[i:]
		case name == "" || name[0] == '-' || leadsElsewhere(name):
			return nil
		}
	}
	return nil
}

// leadsElsewhere reports whether a variable decides which config files, keychain
// or cache awsmint has, or how it reaches AWS.
func leadsElsewhere(variable string) bool {
	variable = strings.ToUpper(variable) // Windows ignores case
	return slices.ContainsFunc([]string{"AWS_", "AWSMINT_", "XDG_", "DBUS_"}, func(prefix string) bool { return strings.HasPrefix(variable, prefix) }) ||
		slices.Contains([]string{"HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}, variable)
}
