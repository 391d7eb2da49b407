package cli

import (
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/secret"
)

// The names of the variables for endpoints: AWS_ENDPOINT_URL for all services,
// and those of one, AWS_ENDPOINT_URL_X and X_ENDPOINT_URL.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
const (
	endpointVariable = "AWS_ENDPOINT_URL"
	endpointSuffix   = "_ENDPOINT_URL"
)

// cutLocal takes the endpoints that exec --local, or what export --local
// prints, has set out of an environment: a stand-in must not get what is signed
// with real credentials, nor awsmint's own calls.
func cutLocal(environ []string) (rest, local []string) {
	if !slices.Contains(environ, format.AccessKeyID+"="+localKeyID) {
		return environ, nil
	}
	var set []secret.Variable
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		set = append(set, secret.Variable{Name: name, Value: secret.New(value)})
	}
	names := localEndpoints(set)
	for i, entry := range environ {
		if slices.Contains(names, set[i].Name) {
			local = append(local, entry)
		} else {
			rest = append(rest, entry)
		}
	}
	return rest, local
}

// outerEndpoints are the names of what an outer --local has set, sorted.
func (a *App) outerEndpoints() (names []string) {
	for _, entry := range a.local {
		name, _, _ := strings.Cut(entry, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// localEndpoints are the names of the endpoints that --local has set, among
// variables with the key that is none. Those of one service come in pairs: one
// of the two alone is somebody else's.
func localEndpoints(set []secret.Variable) (names []string) {
	values := map[string]string{}
	for _, v := range set {
		values[v.Name] = v.Value.Reveal()
	}
	for _, v := range set {
		id, ofService := strings.CutPrefix(v.Name, endpointVariable+"_")
		sdks, programs := serviceVariables(id)
		value, there := values[programs]
		switch {
		case v.Name == endpointVariable:
			names = append(names, v.Name)
		case ofService && there && value == values[sdks]:
			names = append(names, sdks, programs)
		}
	}
	return names
}

// serviceVariables are those of one service: the SDKs', and the one that
// programs read which made their endpoint a setting before SDKs did.
func serviceVariables(id string) (sdks, programs string) {
	return endpointVariable + "_" + id, id + endpointSuffix
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
