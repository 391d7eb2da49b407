package cli

import (
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/format"
)

// anyService is the endpoint of all services. With _ID behind it, it is one's.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
const anyService = "AWS_ENDPOINT_URL"

// cutLocal takes the endpoints that exec --local, or what export --local
// prints, has set out of an environment: a stand-in must not get what is signed
// with real credentials, nor awsmint's own calls. They are there where the key
// that is none is.
func cutLocal(environ []string) (rest, local []string) {
	values := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		values[name] = value
	}
	if values[format.AccessKeyID] != localKeyID {
		return environ, nil
	}
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if isOfLocal(name, values) {
			local = append(local, entry)
		} else {
			rest = append(rest, entry)
		}
	}
	return rest, local
}

// isOfLocal reports whether a variable is one of those. A service's own come in
// pairs: the endpoint of one for which somebody has set the SDKs' variable alone
// is not --local's.
func isOfLocal(name string, values map[string]string) bool {
	if name == anyService {
		return true
	}
	id, ok := strings.CutPrefix(name, anyService+"_")
	if !ok {
		id, ok = strings.CutSuffix(name, "_ENDPOINT_URL")
	}
	sdks, programs := serviceVariables(id)
	value, there := values[sdks]
	return ok && there && value == values[programs]
}

// serviceVariables are those of one service: the SDKs', and the one that
// programs read which made their endpoint a setting before SDKs did.
func serviceVariables(id string) (sdks, programs string) {
	return anyService + "_" + id, id + "_ENDPOINT_URL"
}

// without is getenv without some of the environment.
func without(getenv func(string) string, entries []string) func(string) string {
	if len(entries) == 0 {
		return getenv
	}
	return func(name string) string {
		if slices.ContainsFunc(entries, func(entry string) bool { return strings.HasPrefix(entry, name+"=") }) {
			return ""
		}
		return getenv(name)
	}
}
