package provider

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
)

// Link is one step of a chain of credentials: what is minted, and from what.
// It is plain data: making one touches nothing but the two config files, and
// the session policy where that is a file.
type Link interface {
	// Profile is the section whose settings it follows.
	Profile() string
	// Source is the link that it is minted from; nil for the first of a chain.
	Source() Link

	// kind is the link's word in a chain that is written out: "role".
	kind() string
	// shape names everything that shapes what is minted, but for the source.
	shape(add func(name, value string))
	// window is the expiry window that is set; 0: the default.
	window() time.Duration
	// provider mints, from source where the link has one.
	provider(o *Options, source aws.CredentialsProvider) aws.CredentialsProvider
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

// sourceScopes are the scopes in the cache of what a link is minted from, but
// for its own: those of other profiles, and of a sign-in.
func sourceScopes(l Link) (scopes []string) {
	own := Scope(l.Profile())
	for ; l != nil; l = l.Source() {
		scope := Scope(l.Profile())
		if scope != own && !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
		if sso, ok := l.(*SSO); ok {
			scopes = append(scopes, SSOScope(sso))
		}
	}
	return scopes
}

// digest is SHA-256 over the link's kind and shape, each text preceded by its
// length, and its source's digest.
func digest(l Link) (sum [sha256.Size]byte) {
	h := sha256.New()
	add := func(name, value string) {
		writeText(h, name)
		writeText(h, value)
	}
	add("kind", l.kind())
	l.shape(add)
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

// Describe writes a chain out for a person, the last link first: "role prod ←
// session work ← key work".
func Describe(l Link) string {
	text := l.kind() + " " + l.Profile()
	if source := l.Source(); source != nil {
		text += arrow + Describe(source)
	}
	return text
}

// Kind is a link's kind in a word: "key", "session", "role", "sso".
func Kind(l Link) string { return l.kind() }

// DependsOn reports whether anything in the chain follows a profile's settings.
func DependsOn(l Link, profile string) bool {
	return l != nil && (l.Profile() == profile || DependsOn(l.Source(), profile))
}

// Root is the first link of a chain: where the credentials come from in the end.
func Root(l Link) Link {
	for l.Source() != nil {
		l = l.Source()
	}
	return l
}
