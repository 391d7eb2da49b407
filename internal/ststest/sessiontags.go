package ststest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mostTags is how many session tags a request may give.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
const mostTags = 50

// The alphabet of tags.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html
const (
	tagKeyForm   = `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`
	tagValueForm = `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`
)

// sessionTags are a request's tags, in the order they came.
type sessionTags struct {
	keys, values []string
	transitive   []string
}

// tags checks the parameters that carry session tags against their limits
// and returns them.
func (c *constraints) tags() sessionTags {
	var t sessionTags
	for n := range c.members("Tags", mostTags) {
		key, value := fmt.Sprintf("Tags.member.%d.Key", n+1), fmt.Sprintf("Tags.member.%d.Value", n+1)
		c.required(key)
		c.text(key, 1, 128, tagKeyForm)
		c.required(value)
		c.text(value, 0, 256, tagValueForm)
		t.keys, t.values = append(t.keys, c.form.Get(key)), append(t.values, c.form.Get(value))
	}
	for n := range c.members("TransitiveTagKeys", mostTags) {
		key := fmt.Sprintf("TransitiveTagKeys.member.%d", n+1)
		c.text(key, 1, 128, tagKeyForm)
		t.transitive = append(t.transitive, c.form.Get(key))
	}
	return t
}

// join adds the tags to those that the caller's own session hands on, and
// returns all tags of the new session with the keys that it hands on in turn.
// Case does not tell keys apart.
func (t sessionTags) join(caller Session) (map[string]string, []string, error) {
	inherited := map[string]bool{}
	for _, key := range caller.TransitiveTags {
		inherited[strings.ToLower(key)] = true
	}
	given := map[string]string{} // as written, by lower case
	for _, key := range t.keys {
		lower := strings.ToLower(key)
		if given[lower] != "" {
			return nil, nil, refused("InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		if inherited[lower] {
			return nil, nil, refused("InvalidParameterValue", "One of the specified transitive tag keys can't be set because "+
				"it conflicts with a transitive tag key from the calling session.")
		}
		given[lower] = key
	}
	all, transitive := map[string]string{}, map[string]bool{}
	for i, key := range t.keys {
		all[key] = t.values[i]
	}
	for _, key := range t.transitive {
		written := given[strings.ToLower(key)]
		if written == "" {
			return nil, nil, refused("InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.")
		}
		transitive[written] = true
	}
	for _, key := range caller.TransitiveTags {
		all[key], transitive[key] = caller.Tags[key], true
	}
	if len(all) == 0 {
		return nil, nil, nil
	}
	return all, slices.Sorted(maps.Keys(transitive)), nil
}
