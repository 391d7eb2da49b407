package child_test

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
)

func TestEnter(t *testing.T) {
	for _, c := range []struct {
		chain    string
		profiles string // of the run, in the place "here"
		want     string
		fails    string
	}{
		{"", "work", "work@here", ""},
		{"", "prod ext", "prod,ext@here", ""},
		{"prod,ext@here", "base", "prod,ext@here;base@here", ""},
		{"prod,ext@here", "base other", "prod,ext@here;base,other@here", ""},
		// Runs count for the depth, not the profiles of their chains.
		{"a,b,c,d@here;e@here", "f g h", "a,b,c,d@here;e@here;f,g,h@here", ""},
		{"a@here;b@here;c@here", "d", "", "inside each other: a → b → c → d"},
		{"a,x@here;b@here;c@here", "d y", "", "inside each other: a → x → b → c → d → y"},

		{"work@here", "work", "", `"work" asks for itself: work → work`},
		{"work@here;prod@here", "work", "", "work → prod → work"},
		{"prod,ext@here", "prod ext", "", `"prod" asks for itself: prod → ext → prod`},
		{"prod,ext@here", "ext", "", `"ext" asks for itself: prod → ext → ext`},
		{"prod,ext@here", "other ext more", "", `"ext" asks for itself: prod → ext → other → ext`},
		{"prod,ext@here;base@here", "ext", "", "prod → ext → base → ext"},

		// In other files, the same name is another profile.
		{"work@there", "work", "work@there;work@here", ""},
		{"work@here;work@there", "work", "", "work → work → work"},
		{"a@there;b@there;c@there", "d", "", "inside each other"},

		// What somebody else set.
		{"work", "prod", "work@;prod@here", ""},
		{"prod,work", "work", "", "prod → work → work"},
		{"%zz@here", "%zz", "", "%zz → %zz"},
	} {
		got, err := child.Enter(c.chain, "here", strings.Fields(c.profiles))
		if got != c.want || (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("Enter(%q, %s) = %q, %v", c.chain, c.profiles, got, err)
		}
		if err != nil && (fault.StatusOf(err) != fault.Failure || fault.HintOf(err) == "") {
			t.Errorf("%v: status %d, hint %q", err, fault.StatusOf(err), fault.HintOf(err))
		}
	}
}

// A profile may have any name, that of a whole chain included.
func TestEnterKeepsNamesApart(t *testing.T) {
	names := []string{"a b", "a", "b", "a,b", "a;b", "a@here", "b@here;c", "%2C", "a%2Cb", "", "ü", "a=b", "+", " "}
	for _, outer := range names {
		chain, err := child.Enter("", "here", []string{outer})
		if err != nil {
			t.Fatal(err)
		}
		for _, inner := range names {
			_, err := child.Enter(chain, "here", []string{inner})
			if (err != nil) != (inner == outer) {
				t.Errorf("%q inside %q: %v", inner, outer, err)
			}
		}
	}
}
