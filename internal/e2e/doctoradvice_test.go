//go:build unix

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// reply is what a person types where a prompt shows.
type reply struct {
	prompt string
	typed  func(c *captured) string
}

func types(prompt, text string) reply {
	return reply{prompt, func(*captured) string { return text }}
}

// advice is a trouble whose cure doctor prints as commands.
type advice struct {
	name, id string
	args     []string // of doctor; none: the profile work
	seeded   bool     // the seed is stored: nobody is asked for codes
	breaks   func(t *testing.T, l *lab.Lab, alice *ststest.User)
	within   bool                                                // it is gone within the command alone, which is doctor again
	nth      int                                                 // which of the commands, where they are alternatives; 0: all, one after the other
	byHand   func(t *testing.T, l *lab.Lab, alice *ststest.User) // what it says to do before
	fill     []string                                            // the words to put for those that the person knows
	answers  func(t *testing.T, l *lab.Lab, alice *ststest.User) [][]reply
}

// commands are those of awsmint's, git and the shell in an advice, which a
// comma, a semicolon or its end ends.
var commands = regexp.MustCompile(`\b(awsmint|git|echo|chmod|unset) [^;,]*`)

// Each advice that is a command is followed to the letter, as a person would at
// a terminal, and what it was for is gone.
func TestDoctorsCommandsCure(t *testing.T) {
	t.Parallel()
	for _, c := range advices {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, alice := withKey(t, c.seeded)
			c.breaks(t, l, alice)
			args := []string{"work"}
			if c.args != nil {
				args = slices.Clone(c.args)
			}
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "~", l.Home)
			}
			text := adviceFor(t, l, c.id, args...)
			if text == "" {
				t.Fatalf("no finding %q", c.id)
			}
			printed := commands.FindAllString(strings.NewReplacer(c.fill...).Replace(text), -1)
			if c.nth > 0 && c.nth <= len(printed) {
				printed = printed[c.nth-1 : c.nth]
			}
			var answers [][]reply
			if c.answers != nil {
				answers = c.answers(t, l, alice)
			}
			if len(printed) == 0 || len(answers) > len(printed) {
				t.Fatalf("the commands %q of %q", printed, text)
			}
			if c.byHand != nil {
				c.byHand(t, l, alice)
			}
			for i, command := range printed {
				if strings.HasPrefix(command, "unset ") {
					for _, name := range strings.Fields(command)[1:] {
						l.Set(name, "")
					}
					continue
				}
				p := capture(t, l, "/bin/sh", "-c", "stty cols 40 < /dev/tty; "+command)
				if i < len(answers) {
					for _, a := range answers[i] {
						p.Expect(a.prompt)
						p.Type(a.typed(p))
					}
				}
				if r := p.result(t); r.Err != nil {
					t.Fatalf("%s: status %d\n%s%s%s", command, r.Status, r.Stdout, r.Stderr, p.Screen())
				}
			}
			if text := adviceFor(t, l, c.id, args...); text != "" && !c.within {
				t.Errorf("after %q it still says %q", printed, text)
			}
		})
	}
}

// adviceFor is what doctor says to do about a finding; empty: there is none.
func adviceFor(t *testing.T, l *lab.Lab, id string, args ...string) string {
	t.Helper()
	r := l.Run("", append([]string{"doctor", "--json"}, args...)...)
	var d diagnosis
	if err := json.Unmarshal([]byte(r.Stdout), &d); err != nil {
		t.Fatal(err, r.Stderr)
	}
	for _, f := range d.Findings {
		if f.ID == id && f.Severity != "ok" {
			if f.Advice == "" {
				t.Errorf("%s without advice: %s", id, f.Fact)
			}
			return f.Advice
		}
	}
	return ""
}

// Every command of awsmint's that doctor's source advises is followed above.
func TestEveryCommandOfDoctorsIsTried(t *testing.T) {
	t.Parallel()
	var tried []string
	for _, c := range advices {
		tried = append(tried, c.name)
	}
	files, err := filepath.Glob("../doctor/*.go")
	if err != nil || len(files) < 10 {
		t.Fatal(err, files)
	}
	// "awsmint list" shows names to choose from; credential_process lines are
	// written, not run.
	untried := []string{"list", "process"}
	verb := regexp.MustCompile("\"[^\"\n]*\\bawsmint (mfa [a-z]+|add|console|exec|export|import|list|login|logout|process|remove|rotate|status)\\b( [^\"]*--[a-z-]+)?")
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, match := range verb.FindAllStringSubmatch(string(text), -1) {
			found++
			command := match[1]
			if slices.Contains(untried, command) {
				continue
			}
			if !slices.ContainsFunc(tried, func(name string) bool {
				return strings.HasPrefix(name, command+" ") || strings.HasPrefix(name, command+":")
			}) {
				t.Errorf("%s: nobody tries %q", file, command)
			}
		}
	}
	if found < 12 {
		t.Errorf("only %d commands", found)
	}
}

const longAgo = 100 * 24 * time.Hour

func old(id string, l *lab.Lab) {
	l.AWS.SetKeyHistory(id, time.Now().Add(-longAgo), time.Now().Add(-longAgo))
}
