package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/awsmint/awsmint/internal/child"
)

// Enter returns the environment for the programs that a run starts: environ,
// with a note of the profiles whose credentials the run makes by this link, in
// answer to this request. The note that is there already is looked for with
// getenv. It is an error where a program of an outer run leads back to one of
// these profiles: its credentials would be waited for by what makes them.
func (s Surroundings) Enter(getenv func(string) string, environ []string, request Request, link Link) ([]string, error) {
	chain, err := child.Enter(getenv(child.ChainVariable), s.place(), made(request.Profile, link))
	if err != nil {
		return nil, err
	}
	return append(slices.Clip(environ), child.ChainVariable+"="+chain), nil
}

// made are the profiles whose credentials are made for the one that was asked
// for, which comes first. A key is read, and so stands in nobody's way.
func made(asked string, l Link) []string {
	profiles := []string{asked}
	for ; l != nil; l = l.Source() {
		switch l.(type) {
		case *Key, *Static:
			continue
		}
		if !slices.Contains(profiles, l.Profile()) {
			profiles = append(profiles, l.Profile())
		}
	}
	return profiles
}

// place is a word for the config files that give profiles their meaning.
func (s Surroundings) place() string {
	h := sha256.New()
	writeText(h, s.Paths.Config)
	writeText(h, s.Paths.Credentials)
	return hex.EncodeToString(h.Sum(nil)[:4])
}
