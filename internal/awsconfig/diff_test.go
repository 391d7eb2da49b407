package awsconfig

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"nothing", "[a]\nx = 1\n", "[a]\nx = 1\n", ""},
		{"a key that goes, a command that comes",
			"# mine\n[profile work]\nregion = eu-west-1\naws_access_key_id = ID…\naws_secret_access_key = SECRET…\n\n[b]\nregion = eu-west-1\n",
			"# mine\n[profile work]\nregion = eu-west-1\ncredential_process = /usr/local/bin/awsmint process work\nawsmint_mfa_serial = arn:aws:iam::111122223333:mfa/alice\n\n[b]\nregion = eu-west-1\n",
			"@@ -1,8 +1,8 @@\n # mine\n [profile work]\n region = eu-west-1\n-aws_access_key_id = ID…\n-aws_secret_access_key = …\n+credential_process = /usr/local/bin/awsmint process work\n+awsmint_mfa_serial = arn:aws:iam::111122223333:mfa/alice\n \n [b]\n region = eu-west-1\n"},
		{"a section that goes as a whole",
			"[a]\nregion = x\n[work]\naws_access_key_id = ID…\naws_secret_access_key = SECRET…\nregion = x\n[b]\nregion = x\n",
			"[a]\nregion = x\n[b]\nregion = x\n",
			"@@ -1,8 +1,4 @@\n [a]\n region = x\n-[work]\n-aws_access_key_id = ID…\n-aws_secret_access_key = …\n-region = x\n [b]\n region = x\n"},
		{"everything goes", "[a]\naws_session_token = IQoJ\n", "", "@@ -1,2 +0,0 @@\n-[a]\n-aws_session_token = …\n"},
		{"everything comes", "", "[a]\r\nregion = x", "@@ -0,0 +1,2 @@\n+[a]\n+region = x\n"},
		{"changes far apart",
			"[a]\nregion = x\n[b]\n[c]\n[d]\n[e]\n[f]\n[g]\n[h]\nregion = x\n",
			"[a]\nregion = y\n[b]\n[c]\n[d]\n[e]\n[f]\n[g]\n[h]\nregion = y\n",
			"@@ -1,5 +1,5 @@\n [a]\n-region = x\n+region = y\n [b]\n [c]\n [d]\n@@ -7,4 +7,4 @@\n [f]\n [g]\n [h]\n-region = x\n+region = y\n"},
		{"what no setting is known by", "\ufeff[a] # c\nx = abc\nother_secret = def ; note\nS3 =\n  k = v\n  more\n# password: hunter2, x\n# see IQoJb3JpZ2luX2VjEXAMPLE of SECRET… in /usr/local/bin/internationalization\njunk\nQUJD\nZm9vYmFy==\naws_access_key_id = SECRET…\nawsmint_external_id = e\noutput = SECRET…\ncredential_process = tool --key OTHER… \x1b[31m\naws_session_token =\n", "",
			"@@ -1,16 +0,0 @@\n-[a] # c\n-x = …\n-other_secret = … ; note\n-S3 =\n-  k = …\n-  …\n-# password: …\n-# see … of … in /usr/local/bin/internationalization\n-…\n-…\n-…\n-aws_access_key_id = …\n-awsmint_external_id = …\n-output = …\n-credential_process = tool --key … [31m\n-aws_session_token =\n"},
		{"a secret that stands elsewhere too", "[a]\naws_secret_access_key = short-one\nrole_arn = short-one\n[short-one]\n", "", "@@ -1,4 +0,0 @@\n-[a]\n-aws_secret_access_key = …\n-role_arn = …\n-[…]\n"},
		{"a file that is none", "SECRET…\n\n# SECRET…\n", "[a\n", "@@ -1,3 +1,1 @@\n-…\n-\n-…\n+…\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Diff(fillKey.Replace(c.before), fillKey.Replace(c.after))
			if diff := cmp.Diff(fillKey.Replace(c.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, got)
			}
		})
	}
}

func TestDiffShowsOrdinarySettings(t *testing.T) {
	const text = `[profile 111122223333_AdministratorAccess]
region = eu-west-1 # Ireland, since 2021
credential_process = "/Users/Alice Miller/Applications/HomeBrew/Cellar/awsmint/1.2.3/bin/awsmint" process my-Work1
credential_process = /opt/homebrew/bin/aws-vault export --format=json --no-session Team2Admin
credential_process = C:\Users\Alice\scoop\shims\awsmint.exe process prod
credential_process = /nix/store/0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d-awsmint/bin/awsmint process x
role_arn = arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_K8sAdminV2_0123456789abcdef
mfa_serial = arn:aws:iam::111122223333:mfa/AliceMFA2Phone1
mfa_serial = GAHT12345678
sso_start_url = https://d-9067642ac7.awsapps.com/start#/
sso_role_name = PowerUserAccess
role_session_name = alice@example.com
awsmint_policy_arns = arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
awsmint_session = off
web_identity_token_file = /var/run/secrets/eks.amazonaws.com/serviceaccount/token
# moved here in 2021 by alice
`
	want := ""
	for line := range strings.Lines(text) {
		want += "+" + line
	}
	if diff := cmp.Diff("@@ -0,0 +1,16 @@\n"+want, Diff("", text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever the texts, the lines of a comparison are those of both in their
// order, and none that is on both sides at either end is said to change.
func TestCompareTellsAllLines(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	lines := func(kinds int) (lines []string) {
		for n := random.IntN(30); n > 0; n-- {
			lines = append(lines, fmt.Sprint(random.IntN(kinds), "\n"))
		}
		return lines
	}
	for range 5_000 {
		kinds := 1 + random.IntN(20)
		old, now := lines(kinds), lines(kinds)
		var was, is []string
		for _, l := range compare(old, now) {
			if l.mark != added {
				was = append(was, old[l.old])
			}
			if l.mark != removed {
				is = append(is, now[l.now])
			}
			if l.mark == kept && old[l.old] != now[l.now] {
				t.Fatalf("%q is not kept as %q", old[l.old], now[l.now])
			}
		}
		if !slices.Equal(was, old) || !slices.Equal(is, now) {
			t.Fatalf("%q to %q is told as %q to %q", old, now, was, is)
		}
	}
}

// Where lines are only taken out, hardly more than that is told.
func TestCompareTellsNoMoreThanWhatWent(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 2_000 {
		var old, now []string
		for i := range 40 {
			line := []string{"region = x\n", "\n", fmt.Sprintf("[p%d]\n", i)}[random.IntN(3)]
			old = append(old, line)
			if random.IntN(4) > 0 {
				now = append(now, line)
			}
		}
		changes := 0
		for _, l := range compare(old, now) {
			if l.mark != kept {
				changes++
			}
		}
		if most := len(old) - len(now); changes > most+6 {
			t.Errorf("%d lines went, and %d changes are told:\n%q\n%q", most, changes, old, now)
		}
	}
}

// A secret is not shown, nor twelve characters in a row of it, wherever it
// stands and however its lines are broken.
func TestDiffShowsNoSecret(t *testing.T) {
	pieces := []string{
		"[work]", "[profile work]", "[", "]", "aws_access_key_id = ", "aws_secret_access_key = ", "aws_secret_access_key=", "AWS_SESSION_TOKEN = ", "x_secret = ", "password = ",
		"  ", "\t", "\n", "\n", "\n", "\r\n", "# ", "; ", " # ", "=", ":", "\"", "'", "region = x", "s3 =\n", "credential_process = tool ", "role_arn = ", "awsmint_mfa_process = ", "\u00a0", bom,
		plainTestSecret + "\n", otherTestSecret + " ", plainTestSecret + "\"", plainTestSecret[:20] + "\n", plainTestSecret[20:] + "\n", plainTestSecret[:32] + "\n" + plainTestSecret[32:] + "\n",
	}
	random := rand.New(rand.NewPCG(11, 12))
	text := func() string {
		text := "[work]\n"
		for n := random.IntN(12); n > 0; n-- {
			text += pieces[random.IntN(len(pieces))]
		}
		return text
	}
	shownSome := 0
	for range 10_000 {
		before, after := text(), text()
		got := Diff(before, after)
		if strings.Contains(got, "region = x") {
			shownSome++
		}
		for _, hidden := range []string{plainTestSecret, otherTestSecret} {
			for i := range len(hidden) - 11 {
				if strings.Contains(got, hidden[i:i+12]) {
					t.Fatalf("%q to %q shows %q:\n%s", before, after, hidden[i:i+12], got)
				}
			}
		}
	}
	if shownSome < 300 {
		t.Errorf("only %d diffs showed anything", shownSome)
	}
}

func TestDiffOfManyProfiles(t *testing.T) {
	var before, after strings.Builder
	for i := range 2_000 {
		fmt.Fprintf(&before, "[profile p%d]\naws_access_key_id = ID\naws_secret_access_key = %s%04d\nregion = eu-west-1\n\n", i, plainTestSecret[:36], i)
		fmt.Fprintf(&after, "[profile p%d]\nregion = eu-west-1\ncredential_process = awsmint process p%d\n\n", i, i)
	}
	got := Diff(before.String(), after.String())
	if n := strings.Count(got, "\n-"); n != 4_000 {
		t.Errorf("%d lines go", n)
	}
	if n := strings.Count(got, "\n+"); n != 2_000 {
		t.Errorf("%d lines come", n)
	}
}
