package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/awsmint/awsmint/internal/doctor"
)

var found = diagnosis{
	Findings: []doctor.Finding{
		{ID: "credentials-in-use", Severity: doctor.OK, Area: doctor.Environment, Fact: "a program that is given no profile uses the profile \"work\": AWS_PROFILE names it"},
		{ID: "static-key-shadows", Severity: doctor.Error, Area: doctor.Profile, Profile: "work", Where: "credentials:2", Fact: "aws_access_key_id stands in plain text beside credential_process, and most SDKs use that key", Advice: "delete it"},
		{ID: "clock-off", Severity: doctor.Warning, Area: doctor.AWS, Fact: "this machine's clock is 2m behind AWS's", Advice: "set the clock right"},
	},
	Errors: 1, Warnings: 1,
}

func TestFindingsAreGroupedAndLaidOut(t *testing.T) {
	var out bytes.Buffer
	if err := found.print(&App{Stdout: &out, Getenv: func(string) string { return "" }}); err != nil {
		t.Fatal(err)
	}
	want := `Environment
  ok: a program that is given no profile uses the profile "work": AWS_PROFILE
    names it

Profiles
  error: work: aws_access_key_id stands in plain text beside
    credential_process, and most SDKs use that key
    [static-key-shadows] credentials:2
    → delete it

AWS
  warning: this machine's clock is 2m behind AWS's
    [clock-off]
    → set the clock right

1 error, 1 warning.
`
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

func TestFindingsOnANarrowTerminal(t *testing.T) {
	for _, width := range []int{40, 80} {
		p := &findingsText{help: help{width: width}, coloured: true}
		for _, f := range found.Findings {
			p.finding(f)
		}
		text := p.text.String()
		for _, colour := range []string{"\x1b[31merror\x1b[0m: ", "\x1b[33mwarning\x1b[0m: ", "\x1b[32mok\x1b[0m: "} {
			if !strings.Contains(text, colour) {
				t.Errorf("no %q in %q", colour, text)
			}
			text = strings.ReplaceAll(text, colour, strings.TrimSuffix(colour[len("\x1b[31m"):], "\x1b[0m: ")+": ")
		}
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > width {
				t.Errorf("wider than %d: %q", width, line)
			}
		}
	}
}

func TestSummaryOfFindings(t *testing.T) {
	for _, c := range []struct {
		errors, warnings int
		want             string
	}{
		{0, 0, "All is well."},
		{0, 2, "2 warnings."},
		{0, 1, "1 warning."},
		{1, 0, "1 error."},
		{2, 1, "2 errors, 1 warning."},
	} {
		if got := (diagnosis{Errors: c.errors, Warnings: c.warnings}).summary(); got != c.want {
			t.Errorf("%d, %d: %q", c.errors, c.warnings, got)
		}
	}
}
