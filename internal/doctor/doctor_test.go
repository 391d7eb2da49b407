package doctor_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/doctor"
)

// trouble is one thing that is wrong in a world where else all is well. cure
// does what the advice says.
type trouble struct {
	name   string
	ids    string // of all that is not well then
	advice string // words of the advice that is followed
	breaks func(w *world)
	cure   func(w *world)
}

func troubles() []trouble {
	return slices.Concat(environmentTroubles, fileTroubles, profileTroubles, othersTroubles, keychainTroubles, awsTroubles, keyTroubles)
}

func TestAllIsWell(t *testing.T) {
	w := newWorld(t)
	for _, profile := range []string{"work", ""} {
		w.profile = profile
		if findings := w.examine(); bad(findings) != "" || len(findings) < 8 {
			t.Errorf("%+v", findings)
		}
	}
}

// Each trouble is named, and gone once its advice was followed.
func TestEachTroubleIsNamedAndCured(t *testing.T) {
	for _, c := range troubles() {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.breaks(w)
			findings := w.examine()
			if got := bad(findings); got != c.ids {
				t.Fatalf("got %q, want %q\n%+v", got, c.ids, findings)
			}
			advised := false
			for _, f := range findings {
				if f.Severity != doctor.OK && (f.Fact == "" || f.Advice == "" || strings.HasSuffix(f.Fact, ".") || strings.ContainsAny(f.Fact+f.Advice, "\n")) {
					t.Errorf("%+v", f)
				}
				advised = advised || f.Severity != doctor.OK && strings.Contains(f.Advice, c.advice)
			}
			if !advised {
				t.Errorf("nothing advises %q: %+v", c.advice, findings)
			}
			c.cure(w)
			if findings := w.examine(); bad(findings) != "" {
				t.Errorf("not cured: %s\n%+v", bad(findings), findings)
			}
		})
	}
}

// The keychain knows of most keys how old they are at least, and of some how old
// they are.
func TestTheKeychainsAgesAreTrue(t *testing.T) {
	for _, made := range []bool{false, true} {
		w := newWorld(t)
		w.offline = true
		key := w.key()
		key.CreatedAt = w.clock().Add(-long)
		want := fmt.Sprintf(" is at least %d days old", int(long.Hours()/24))
		if made {
			key.CreatedAt, key.MadeAt = w.clock(), key.CreatedAt
			want = fmt.Sprintf(" was made %d days ago", int(long.Hours()/24))
		}
		w.store(key)
		if findings := w.examine(); !slices.ContainsFunc(findings, func(f doctor.Finding) bool { return f.ID == "key-old" && strings.Contains(f.Fact, want) }) {
			t.Errorf("no key that%s: %+v", want, findings)
		}
	}
}

// The exit status tells a check that runs by itself of a rotation that stopped
// half way.
func TestAnUnfinishedRotationIsAnError(t *testing.T) {
	i := slices.IndexFunc(keychainTroubles, func(c trouble) bool { return c.ids == "rotation-unfinished" })
	w := newWorld(t)
	keychainTroubles[i].breaks(w)
	if findings := w.examine(); doctor.Count(findings, doctor.Error) != 1 {
		t.Errorf("%+v", findings)
	}
}

// untried are identifiers that no trouble here brings about: what is well, and
// what this test has no means to break.
var untried = []string{
	"credentials-in-use", "local-credentials", "endpoint-answers", "profile-resolved", "keychain-read", "kernel-keyring", "mfa-way",
	"key-age", "session-none", "session-held", "session-given", "session-works", "key-works", "clock-right", "credentials-work", "mfa-devices-unlisted", "mfa-device", "keys-unlisted",
	"clock-wrong", // AWS's word for clock-off
}

func TestEachIdentifierIsTried(t *testing.T) {
	tried := slices.Clone(untried)
	for _, c := range troubles() {
		tried = append(tried, strings.Fields(c.ids)...)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	found := 0
	for _, file := range append(files, "../../provider/probe.go") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			id, err := strconv.Unquote(literal.Value)
			if err != nil || !kebab.MatchString(id) {
				return true
			}
			if found++; !slices.Contains(tried, id) {
				t.Errorf("%s: no trouble has %q", file, id)
			}
			return true
		})
	}
	if found < 50 {
		t.Errorf("only %d identifiers", found)
	}
}
