package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/awsmint/awsmint/internal/doctor"
)

// areaTitles head the groups of findings.
var areaTitles = map[doctor.Area]string{
	doctor.Environment: "Environment",
	doctor.File:        "File",
	doctor.Profile:     "Profiles",
	doctor.Keychain:    "Keychain",
	doctor.Cache:       "Cache",
	doctor.AWS:         "AWS",
	doctor.MFA:         "MFA codes",
}

// Colours of a terminal (ECMA-48), by what a finding does.
var colours = map[doctor.Severity]string{doctor.Error: "\x1b[31m", doctor.Warning: "\x1b[33m", doctor.OK: "\x1b[32m"}

const colourOff = "\x1b[0m"

// print writes the findings for a person, in one write: by area, each with its
// fact, its identifier and what to do.
func (d diagnosis) print(app *App) error {
	columns := app.columns()
	p := &findingsText{coloured: columns > 0 && app.Getenv("NO_COLOR") == "" && app.Getenv("TERM") != "dumb"}
	p.width = helpWidth
	if columns > 0 {
		p.width = max(leastWidth, min(helpWidth, columns))
	}
	var area doctor.Area
	for _, f := range d.Findings {
		if f.Area != area {
			if area != "" {
				p.line("")
			}
			area = f.Area
			p.line(areaTitles[area])
		}
		p.finding(f)
	}
	p.line("")
	p.line(d.summary())
	_, err := io.WriteString(app.Stdout, p.text.String())
	return err
}

func (d diagnosis) summary() string {
	switch {
	case d.Errors == 0 && d.Warnings == 0:
		return "All is well."
	case d.Errors == 0:
		return counted(d.Warnings, "warning") + "."
	case d.Warnings == 0:
		return counted(d.Errors, "error") + "."
	}
	return counted(d.Errors, "error") + ", " + counted(d.Warnings, "warning") + "."
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// findingsText is the text in the making.
type findingsText struct {
	help
	coloured bool
}

// finding is the fact, what it is called and where, and what to do about it.
func (p *findingsText) finding(f doctor.Finding) {
	subject := ""
	if f.Profile != "" {
		subject = f.Profile + ": "
	}
	const indent = 2
	first := true
	for _, line := range broken(fmt.Sprintf("%s: %s%s", f.Severity, subject, f.Fact), p.width-2*indent) {
		if !first {
			p.line(strings.Repeat(" ", 2*indent) + line)
			continue
		}
		first = false
		if p.coloured {
			word := string(f.Severity)
			line = colours[f.Severity] + word + colourOff + strings.TrimPrefix(line, word)
		}
		p.line(strings.Repeat(" ", indent) + line)
	}
	if f.Severity != doctor.OK {
		name := "[" + f.ID + "]"
		if f.Where != "" {
			name += " " + tilde(f.Where)
		}
		p.paragraph(2*indent, name)
	}
	if f.Advice != "" {
		sign := "→ "
		for _, line := range broken(f.Advice, p.width-3*indent) {
			p.line(strings.Repeat(" ", 2*indent) + sign + line)
			sign = "  "
		}
	}
}
