package provider

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"
	"time"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// Link is one step of a chain of credentials: what is minted, and from what.
// It is plain data: making one touches nothing but the two config files.
type Link interface {
	// Profile is the section whose settings it follows.
	Profile() string
	// Source is the link that it is minted from; nil for a key.
	Source() Link
	// shape names everything that shapes what is minted, but for the source.
	shape(add func(name, value string))
}

// Key is the long-term access key of a profile, in the keychain.
type Key struct{ profile string }

// Profile is the section that the key belongs to.
func (k *Key) Profile() string { return k.profile }

// Source is nil: a key comes from a person.
func (k *Key) Source() Link { return nil }

func (k *Key) shape(add func(name, value string)) {
	add("kind", "key")
	add("profile", k.profile)
}

// Session is what GetSessionToken returns for a key.
type Session struct {
	Serial   string        // of the MFA device; empty: a session without MFA
	Duration time.Duration // its whole life
	Window   time.Duration // the expiry window; 0: the default for its life
	MFA      MFA
	Client   Client

	source *Key
}

// MFA is how a profile's codes are asked for.
type MFA struct {
	Order   []string // names of the ways, first the first tried
	Process string   // the command of the way "process"; empty: none
}

// Profile is the section that the session belongs to.
func (s *Session) Profile() string { return s.source.profile }

// Source is the key.
func (s *Session) Source() Link { return s.source }

func (s *Session) shape(add func(name, value string)) {
	add("kind", "session")
	add("serial", s.Serial)
	add("duration", s.Duration.String())
	s.Client.shape(add)
}

// Resolve returns the chain for a profile: its last link, which leads to the
// others. getenv gives the process-wide choices of endpoint and transport;
// nothing in the environment chooses the identity. Every setting is checked
// here, before anyone is asked for anything.
func Resolve(config *awsconfig.Config, getenv func(string) string, profile string) (Link, error) {
	section, err := config.Profile(profile)
	if err != nil {
		return nil, err
	}
	if role := section.Setting("role_arn"); role != "" {
		return nil, fault.New(fault.Failure,
			fmt.Sprintf("profile %q assumes the role %q, and awsmint %s", profile, role, "mints sessions of access keys only"),
			"leave the role to the SDK: keep role_arn in this profile and set its source_profile to a profile that awsmint serves")
	}
	return resolveSession(config, section, getenv)
}

func resolveSession(config *awsconfig.Config, section *awsconfig.Section, getenv func(string) string) (*Session, error) {
	s := &Session{source: &Key{profile: section.Name()}}
	var err error
	if s.Serial, err = serialNumber(section); err != nil {
		return nil, err
	}
	if s.Duration, err = sessionDuration(section); err != nil {
		return nil, err
	}
	if s.Window, err = expiryWindow(section, s.Duration); err != nil {
		return nil, err
	}
	if s.MFA, err = mfaSettings(section); err != nil {
		return nil, err
	}
	s.Client, err = clientSettings(config, section, getenv, partitionOf(s.Serial))
	return s, err
}

// Name is what the credentials of a link are cached under. Its digest covers
// the link and all its sources, so two requests that differ in anything never
// share an entry; its scope is the profile, so that logging out of a profile
// finds what was minted under earlier settings too.
func Name(l Link) cache.Name {
	return cache.Name{Scope: Scope(l.Profile()), Digest: digest(l)}
}

// Scope is the scope in the cache of all that is minted for a profile.
func Scope(profile string) string { return "profile " + profile }

// digest is SHA-256 over the link's shape, each text preceded by its length,
// and its source's digest.
func digest(l Link) (sum [sha256.Size]byte) {
	h := sha256.New()
	l.shape(func(name, value string) {
		writeText(h, name)
		writeText(h, value)
	})
	if source := l.Source(); source != nil {
		inner := digest(source)
		writeText(h, "source")
		h.Write(inner[:])
	}
	h.Sum(sum[:0])
	return sum
}

func writeText(h hash.Hash, text string) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(text)))
	h.Write(length[:])
	h.Write([]byte(text))
}

// partitionOf is the partition in an ARN; empty where there is none.
func partitionOf(arn string) string {
	parts := strings.SplitN(arn, ":", 3)
	if len(parts) == 3 && parts[0] == "arn" {
		return parts[1]
	}
	return ""
}
