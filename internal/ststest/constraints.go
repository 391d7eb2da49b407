package ststest

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// constraints checks parameters against the limits in the API's reference
// and collects what is wrong, in the words of AWS's own front end.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
type constraints struct {
	form  url.Values
	found []string
	other error // a refusal of another kind, which comes first
}

// memberName is how an error names a parameter: durationSeconds, and
// tags.1.member.key for Tags.member.1.Key.
func memberName(parameter string) string {
	parts := strings.Split(parameter, ".")
	if len(parts) > 2 {
		parts[1], parts[2] = parts[2], parts[1]
	}
	for i, part := range parts {
		parts[i] = strings.ToLower(part[:1]) + part[1:]
	}
	return strings.Join(parts, ".")
}

func (c *constraints) fail(parameter, value, constraint string) {
	c.found = append(c.found, fmt.Sprintf("Value %s at '%s' failed to satisfy constraint: %s", value, memberName(parameter), constraint))
}

// required refuses a parameter that is not there.
func (c *constraints) required(parameter string) {
	if !c.form.Has(parameter) {
		c.fail(parameter, "null", "Member must not be null")
	}
}

// text checks the length in characters and the pattern ("" is none) of a
// parameter that is there.
func (c *constraints) text(parameter string, shortest, longest int, pattern string) {
	if !c.form.Has(parameter) {
		return
	}
	value := c.form.Get(parameter)
	quoted := "'" + value + "'"
	if n := utf8.RuneCountInString(value); n < shortest {
		c.fail(parameter, quoted, fmt.Sprintf("Member must have length greater than or equal to %d", shortest))
	} else if n > longest {
		c.fail(parameter, quoted, fmt.Sprintf("Member must have length less than or equal to %d", longest))
	}
	if pattern != "" && !regexp.MustCompile(`\A(?:`+pattern+`)\z`).MatchString(value) {
		c.fail(parameter, quoted, "Member must satisfy regular expression pattern: "+pattern)
	}
}

// members returns how many members a list has, refusing more than most. They
// must be numbered from 1 on: a gap is what a client leaves that loses one.
func (c *constraints) members(list string, most int) int {
	numbers := map[string]bool{}
	for name := range c.form {
		if rest, ok := strings.CutPrefix(name, list+".member."); ok {
			number, _, _ := strings.Cut(rest, ".")
			numbers[number] = true
		}
	}
	for n := range len(numbers) {
		if !numbers[strconv.Itoa(n+1)] {
			c.other = refused("MalformedInput", "The members of %s are not numbered from 1 on", list)
			return 0
		}
	}
	if len(numbers) > most {
		c.fail(list, "'[...]'", fmt.Sprintf("Member must have length less than or equal to %d", most))
		return 0
	}
	return len(numbers)
}

// mfa checks the two parameters that carry a one-time code.
func (c *constraints) mfa() {
	c.text("SerialNumber", 9, 256, `[\w+=/:,.@-]*`)
	c.text("TokenCode", 6, 6, `[\d]*`)
}

// duration returns DurationSeconds, or byDefault when it is not there, and
// refuses one that is not from shortest to longest.
func (c *constraints) duration(shortest, longest, byDefault time.Duration) time.Duration {
	if !c.form.Has("DurationSeconds") {
		return byDefault
	}
	value := c.form.Get("DurationSeconds")
	seconds, err := strconv.ParseInt(value, 10, 32)
	if err != nil {
		c.other = refused("MalformedInput", "Invalid value for parameter DurationSeconds: it must be an integer")
		return byDefault
	}
	if low := int64(shortest / time.Second); seconds < low {
		c.fail("DurationSeconds", "'"+value+"'", fmt.Sprintf("Member must have value greater than or equal to %d", low))
	}
	if high := int64(longest / time.Second); seconds > high {
		c.fail("DurationSeconds", "'"+value+"'", fmt.Sprintf("Member must have value less than or equal to %d", high))
	}
	return time.Duration(seconds) * time.Second
}

// err is AWS's error for all that was found, or nil.
func (c *constraints) err() error {
	switch {
	case c.other != nil:
		return c.other
	case len(c.found) == 1:
		return refused("ValidationError", "1 validation error detected: %s", c.found[0])
	case len(c.found) > 1:
		return refused("ValidationError", "%d validation errors detected: %s", len(c.found), strings.Join(c.found, "; "))
	}
	return nil
}
