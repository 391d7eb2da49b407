package cli

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestColumnsAreCutWhereTheTerminalIsNarrow(t *testing.T) {
	table := [][]string{{"PROFILE", "CREDENTIALS", "MFA"}, {"work", "role Admin in 111122223333", "alice"}, {"←→", "-", "none"}}
	for columns, want := range map[int]string{
		0:  "PROFILE  CREDENTIALS                 MFA\nwork     role Admin in 111122223333  alice\n←→       -                           none\n",
		42: "PROFILE  CREDENTIALS                 MFA\nwork     role Admin in 111122223333  alice\n←→       -                           none\n",
		41: "PROFILE  CREDENTIALS                MFA\nwork     role Admin in 1111222233…  alice\n←→       -                          none\n",
		27: "PROFILE  CREDENTIALS  MFA\nwork     role Admin…  alice\n←→       -            none\n",
		5:  "PROFILE  CREDENTIALS  MFA\nwork     role Admin…  al…\n←→       -            no…\n",
	} {
		if diff := cmp.Diff(want, lined(table, layout{columns: columns})); diff != "" {
			t.Errorf("%d columns (-want +got):\n%s", columns, diff)
		}
	}
}

func TestSessionColumnSaysWhatMattersMost(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.Local)
	in := func(d time.Duration) *time.Time { at := now.Add(d); return &at }
	yes, no := true, false
	for want, r := range map[string]row{
		"none":                       {},
		"59m left":                   {Expires: in(59*time.Minute + 59*time.Second), SignedIn: &yes},
		"signed in until 15:29":      {SignedIn: &yes, SignInEnd: in(3*time.Hour + 29*time.Minute)},
		"expired":                    {Expired: true},
		"signed in":                  {SignedIn: &yes},
		"sign in: awsmint login dev": {Profile: "dev", SignedIn: &no},
		"see below":                  {Problem: "a long story", short: "see below", Expires: in(time.Hour)},
	} {
		if got := r.sessionColumn(now); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
}
