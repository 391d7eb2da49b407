package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// arrow stands between a profile and its source.
const arrow = " ← "

// writtenOut is a path of profiles for a person: "prod ← work".
func writtenOut(profiles []string) string { return strings.Join(profiles, arrow) }

// onTheWay adds to what is wrong with a profile how it was come to, unless that
// is told already: whoever asked for another one may not know it.
func (r *resolver) onTheWay(name string, err error) error {
	if err == nil || strings.Contains(err.Error(), arrow) {
		return err
	}
	path := slices.Clone(r.visited)
	if path[len(path)-1] != name {
		path = append(path, name)
	}
	return fault.Wrap(err, fault.StatusOf(err), fmt.Sprintf("%v (%s)", err, writtenOut(path)), fault.HintOf(err))
}

// cycle writes out a chain that comes back to a profile.
func (r *resolver) cycle(name string) error {
	path := append(slices.Clone(r.visited[slices.Index(r.visited, name):]), name)
	return fault.Wrap(ErrCircle, fault.Usage, fmt.Sprintf("the profiles' sources form a circle: %s", writtenOut(path)),
		"give the last profile of the chain credentials of its own: a key (awsmint add), IAM Identity Center, or a credential_source")
}
