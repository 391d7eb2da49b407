package provider

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
)

const day = 24 * time.Hour

// DefaultMaxKeyAge is the age at which a key is to be replaced, where
// awsmint_max_key_age says nothing else: that of AWS's own check for it.
// https://docs.aws.amazon.com/config/latest/developerguide/access-keys-rotated.html
const DefaultMaxKeyAge = 90 * day

// maxAge bounds ages in days, so that they are durations.
const maxAge = 100 * 365

// ParseAge reads an age: days ("90d", "90") or Go's form ("36h").
func ParseAge(text string) (time.Duration, error) {
	if days, err := strconv.Atoi(strings.TrimSuffix(text, "d")); err == nil && days > 0 && days <= maxAge {
		return time.Duration(days) * day, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, fault.New(fault.Usage, fmt.Sprintf("%q is not an age", text), `write days, like "90d", or a form like "36h"`)
}

// MaxKeyAge is the age at which a profile's key is to be replaced.
func MaxKeyAge(section *awsconfig.Section) (time.Duration, error) {
	const key = "awsmint_max_key_age"
	text := section.Get(key)
	if text == "" {
		return DefaultMaxKeyAge, nil
	}
	d, err := ParseAge(text)
	if err != nil {
		return 0, at(section, key, err)
	}
	return d, nil
}

// TooOld reports whether a key is to be replaced, and how old it is at least:
// when it was made is not known of every key, but when it was stored. A limit
// of 0 is none.
func TooOld(key keychain.Key, limit time.Duration, now time.Time) (age time.Duration, old bool) {
	since := key.Since()
	if since.IsZero() {
		return 0, false
	}
	age = now.Sub(since)
	return age, limit > 0 && age > limit
}

// Keys are the user's keys, as AWS has them, with their last use. Nothing is
// changed. It asks with what Rotate would ask with, and so perhaps for a code.
func (r Rotation) Keys(ctx context.Context) ([]UserKey, error) {
	run := &rotating{Rotation: r}
	run.setDefaults()
	if err := run.Client.ready(); err != nil {
		return nil, err
	}
	var err error
	if run.item, err = run.read(ctx, run.Profile); err != nil {
		return nil, err
	}
	keys, _, err := run.list(ctx)
	for i := range keys {
		if err == nil {
			err = run.lastUse(ctx, &keys[i])
		}
	}
	return keys, err
}
