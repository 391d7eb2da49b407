package awsconfig

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Texts of lines that meet in every order: FuzzEdit's assertions, without the
// luck that it takes bytes to make such lines.
func TestEditsOfEveryKindOfText(t *testing.T) {
	lines := []string{
		"[profile a]", "[profile a] ; c", "[a]", "[default]", "[profile default]", "[profile b]", "[sso-session a]", "  [profile a]",
		"k = 1", "K=1", "k =", "k = \"1\" # c", "  k = 2", "x = 1", "x =", "  x = 1", "\ty=2", "  y =", "s3 =", "s3 =",
		"  more", "  sub = 1", "  sub = 2 ; c", "", "", " \t", "# c", "; c", "  # c", "junk", " = 1",
	}
	names, values := []string{"a", "default", "b", "new"}, []string{"1", "2", "v w", `"q" r`, "a;b"}
	breaks := []string{"\n", "\r\n"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 4_000 {
		var text strings.Builder
		if random.IntN(10) == 0 {
			text.WriteString(bom)
		}
		if random.IntN(10) > 0 {
			text.WriteString("[profile a]\n")
		}
		br := breaks[random.IntN(2)]
		for n := random.IntN(9); n > 0; n-- {
			text.WriteString(lines[random.IntN(len(lines))])
			if n > 1 || random.IntN(3) > 0 {
				text.WriteString(br)
			}
		}
		h := ConfigProfile(names[random.IntN(len(names))])
		if random.IntN(4) == 0 {
			h = CredentialsProfile(h.name)
		}
		key := []string{"k", "x", "s3", "K"}[random.IntN(4)]
		fuzzSet(t, text.String(), h, key, values[random.IntN(len(values))])
		fuzzRemove(t, text.String(), h, key)
		fuzzRemoveIfEmpty(t, text.String(), h)
		if t.Failed() {
			t.Fatalf("in %q, %s, %q", text.String(), h, key)
		}
	}
}
