package awsconfig

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Texts of lines that meet in every order: RemovePlainKey takes out whole
// lines, those of the key and no others, but for a header with nothing left
// below it; and no other section reads otherwise than before.
func TestRemovePlainKeyOfEveryKindOfText(t *testing.T) {
	lines := []string{
		"[profile work]", "[work]", "[work] ; c", "[default]", "[profile default]", "[profile b]", "[sso-session work]",
		"aws_access_key_id = ID…", "AWS_ACCESS_KEY_ID=ID… # c", "  aws_access_key_id = ID…", "aws_access_key_id =", "aws_access_key_id = AKIAOTHER",
		"aws_secret_access_key = SECRET…", "aws_secret_access_key='SECRET…'", "\taws_secret_access_key = SECRET…",
		"aws_session_token = IQoJ", "aws_security_token=x", "  IQoJ",
		"region = x", "  output = y", "x =", "  sub = 1", "# c", "; SECRET…", "  # c", "", "", " \t", "junk",
	}
	random := rand.New(rand.NewPCG(5, 6))
	done, refused := 0, 0
	for range 6_000 {
		br := []string{"\n", "\r\n"}[random.IntN(2)]
		text := []string{"", bom}[random.IntN(2)]
		for n := random.IntN(12); n > 0; n-- {
			text += fillKey.Replace(lines[random.IntN(len(lines))]) + br
		}
		if random.IntN(3) == 0 {
			text = strings.TrimSuffix(text, br)
		}
		profile := []string{"work", "default"}[random.IntN(2)]
		d := NewDocument([]byte(text))
		before := d.now
		removed, err := d.RemovePlainKey(profile, plainTestKey)
		if err != nil {
			refused++
			if removed {
				t.Error("removed, and an error")
			}
			wantText(t, "a refused RemovePlainKey", d, text)
		} else {
			done++
			wantWithoutPlainKey(t, before, d.now, profile, removed)
		}
		if t.Failed() {
			t.Fatalf("%q of %q made\n%q", profile, text, d.Bytes())
		}
	}
	if done < 500 || refused < 500 {
		t.Errorf("%d texts were edited, %d refused", done, refused)
	}
}

func wantWithoutPlainKey(t *testing.T, before, after *source, profile string, removed bool) {
	t.Helper()
	headers := []Header{ConfigProfile(profile), CredentialsProfile(profile)}
	own := func(sec section) bool { return headers[0].matches(sec.title) || headers[1].matches(sec.title) }

	// What the key's own lines are, by the plain rule for a section's lines.
	gone, left := map[int]bool{}, 0
	for _, sec := range before.sections {
		if !own(sec) {
			continue
		}
		properties, _ := before.properties(sec)
		for _, p := range properties {
			for _, ln := range p.lines {
				if slices.Contains(plainKeys, p.key) {
					gone[ln.start] = true
				} else {
					left++
				}
			}
		}
	}
	if removed != (len(gone) > 0) {
		t.Errorf("says %v; %d lines are of the key", removed, len(gone))
	}
	var want []string
	for at := 0; at < len(before.text); {
		ln := lineAt(before.text, at)
		if !gone[at] {
			want = append(want, before.text[at:ln.next])
		}
		at = ln.next
	}
	got := slices.Collect(strings.Lines(after.text))
	if len(after.sections) == len(before.sections) {
		wantSameLines(t, want, got)
	}
	want, got = inked(want), inked(got)
	// A header of the profile may have gone with its lines.
	i := 0
	for _, line := range want {
		switch {
		case i < len(got) && got[i] == line:
			i++
		case strings.HasPrefix(line, "[") && len(gone) > 0 && strings.Contains(line, profile):
		default:
			t.Errorf("the line %q is gone, or another is there", line)
			return
		}
	}
	if i < len(got) {
		t.Errorf("the line %q was added", got[i])
	}
	if len(gone) == 0 && before.text != after.text {
		t.Error("there was nothing to remove, and something changed")
	}

	values := func(s *source, others bool) (values [][2]string) {
		for _, sec := range s.sections {
			if own(sec) == others {
				continue
			}
			properties, _ := s.properties(sec)
			for _, p := range properties {
				if others || !slices.Contains(plainKeys, p.key) {
					values = append(values, [2]string{sec.title.kind + " " + sec.title.name + ": " + p.key, p.value})
				}
			}
		}
		return values
	}
	for _, others := range []bool{true, false} {
		if diff := cmp.Diff(values(before, others), values(after, others)); diff != "" {
			t.Errorf("others %v read otherwise (-before +after):\n%s", others, diff)
		}
	}
	for _, sec := range after.sections {
		properties, _ := after.properties(sec)
		for _, p := range properties {
			if own(sec) && slices.Contains(plainKeys, p.key) {
				t.Errorf("%s is left", p.key)
			}
		}
	}
}

// wantSameLines compares lines to the byte; see Remove for the one exception.
func wantSameLines(t *testing.T, want, got []string) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%d lines are left, want %d", len(got), len(want))
		return
	}
	for i := range want {
		dedented := isIndented(want[i]) && strings.Contains(want[i], "=") && strings.TrimLeft(want[i], whitespace) == got[i]
		if want[i] != got[i] && !dedented {
			t.Errorf("the line %q became %q", want[i], got[i])
		}
	}
}

// inked returns the lines that are not blank, without what is round them.
func inked(lines []string) (texts []string) {
	for _, line := range lines {
		if text := strings.TrimSpace(strings.TrimPrefix(line, bom)); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
