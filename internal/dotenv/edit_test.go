package dotenv_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/dotenv"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// vars makes variables of NAME=value texts.
func vars(lines ...string) []dotenv.Variable {
	var all []dotenv.Variable
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		all = append(all, dotenv.Variable{Name: name, Value: secret.New(value)})
	}
	return all
}

func TestSet(t *testing.T) {
	for _, c := range []struct {
		name, before string
		set          []dotenv.Variable
		after        string
	}{
		{"a new file", "", vars("AWS_A=1", "AWS_B=2"), "AWS_A=1\nAWS_B=2\n"},
		{"a byte order mark alone", "\ufeff", vars("A=1"), "\ufeffA=1\n"},
		{"every other byte stays", "\ufeff# head\r\n\r\n  X = 1 \t\r\nA=old\r\n\tjunk\r\n", vars("A=new"), "\ufeff# head\r\n\r\n  X = 1 \t\r\nA=new\r\n\tjunk\r\n"},
		{"no final line break stays none", "A=old", vars("A=new"), "A=new"},
		{"quotes, blanks, export and comments stay",
			"export A='old' # a\n  B = \"old\"#b\nC=`old`\n\texport\tD =old  # d\nE: old\n", vars("A=1", "B=2", "C=3", "D=4", "E=5"),
			"export A='1' # a\n  B = \"2\" #b\nC=\"3\"\n\texport\tD =4  # d\nE=5\n"},
		{"the blanks after a value go with it", "A=old \t\nB='old' \n", vars("A=1", "B=2"), "A=1\nB='2'\n"},
		{"an empty value is filled", "A=\nB=  \nC = \nD=''\nE= # e\nF=# f\nG = # g\n", vars("A=1", "B=2", "C=3", "D=4", "E=5", "F=6", "G=7"),
			"A=1\nB=2\nC = 3\nD='4'\nE=5 # e\nF=6 # f\nG = 7 # g\n"},
		{"what is a comment to Node alone goes with the value", "A=old#prod\n", vars("A=new"), "A=new\n"},
		{"quotes where a second # would be misread", "A=old # one # two\n", vars("A=new"), "A=\"new\" # one # two\n"},
		{"quotes where a shell would act", "A=old\nB='old'\n", vars("A=http://h/?a&b", "B=a b"), "A=\"http://h/?a&b\"\nB='a b'\n"},
		{"an emptied value before a comment", "A=old # a\n", vars("A="), "A=\"\" # a\n"},
		{"of duplicates the last stays", "A=1\nX=1\nexport A=2 # two\nA=\"3\nA=4\"\nY=1\n", vars("A=new"), "X=1\nA=\"new\"\nY=1\n"},
		{"a colon, which not everybody knows, becomes =", "A:old\nB : 'old' # c\n", vars("A=1", "B=2"), "A=1\nB='2' # c\n"},
		{"the last commented-out line comes to life", "#A=old\n  # export A='x' # c\nB=1\n", vars("A=new"), "#A=old\n  export A='new' # c\nB=1\n"},
		{"an empty commented-out line comes to life", "## A=\n", vars("A=new"), "A=new\n"},
		{"no commented-out line where there is a real one", "A=1\n# A=2\n", vars("A=new"), "A=new\n# A=2\n"},
		{"prose stays prose", "# A=… is what you get from the console\n# A: required\n# A\n", vars("A=new"),
			"# A=… is what you get from the console\n# A: required\n# A\nA=new\n"},
		{"a new line follows the variable before it", "AWS_A=0\n# end\nX=1\nAWS_C=0\nY=1\n", vars("AWS_A=1", "AWS_B=2", "AWS_C=3"),
			"AWS_A=1\nAWS_B=2\n# end\nX=1\nAWS_C=3\nY=1\n"},
		{"a new line follows the last of AWS", "AWS_X='0'\r\nexport AWS_Y = \"0\" # c\r\nX=1\r\n", vars("AWS_A=1", "AWS_B=2"),
			"AWS_X='0'\r\nexport AWS_Y = \"0\" # c\r\nexport AWS_A = \"1\"\r\nexport AWS_B = \"2\"\r\nX=1\r\n"},
		{"a new line at the end is written like the last, but not indented", "  export X='1'\n# end\n", vars("A=1"), "  export X='1'\n# end\nexport A='1'\n"},
		{"a new line at the end of a file without a final line break", "X=1\r\nY=2", vars("A=1", "B=2"), "X=1\r\nY=2\r\nA=1\r\nB=2"},
		{"a new line after one without a line break", "AWS_X=1", vars("A=1"), "AWS_X=1\nA=1"},
		{"lines inside a value are none", "X=\"\nA=1\n# A=2\n\"\nY='\\'\nA=3\n'\nZ=`\nA=4\n`\n", vars("A=new"),
			"X=\"\nA=1\n# A=2\n\"\nY='\\'\nA=3\n'\nZ=`\nA=4\n`\nA=\"new\"\n"},
		{"a quote that is never closed is a value's", "X=\"1\nA=old\nY=it's\n", vars("A=new"), "X=\"1\nA=new\nY=it's\n"},
		{"a quote that closes too early is a value's", "A=\"old\" more\nX='1'2'\nB=1\n", vars("A=new", "B=2"), "A=new\nX='1'2'\nB=2\n"},
		{"a Windows path ends with a backslash", "X='C:\\dir\\'\nA='C:\\dir\\' # c\nY='y'\n", vars("A=new"), "X='C:\\dir\\'\nA='new' # c\nY='y'\n"},
		{"an escaped quote closes nothing", "A=\"o\\\"l\nd\" # c\nX=1\n", vars("A=new"), "A=\"new\" # c\nX=1\n"},
		{"other names that look alike", "XA=1\nAB=1\na=1\nexportA=1\nA B=1\nA\n", vars("A=new"), "XA=1\nAB=1\na=1\nexportA=1\nA B=1\nA\nA=new\n"},
		{"a variable called export", "export=1\nexport = 2\nexport A=1\n", vars("export=3"), "export = 3\nexport A=1\n"},
		{"a lone CR ends a line", "A=old\rX=1\r", vars("A=new"), "A=new\rX=1\r"},
		{"a no-break space is a blank", "\u00a0A\u00a0=\u00a0old\u00a0# c\n", vars("A=new"), "\u00a0A\u00a0=\u00a0new\u00a0# c\n"},
	} {
		got, err := dotenv.Set([]byte(c.before), c.set)
		if diff := cmp.Diff(c.after, string(got)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
		}
		if again, err := dotenv.Set(got, c.set); string(again) != string(got) || err != nil {
			t.Errorf("%s: once more gives %q, %v", c.name, again, err)
		}
	}
}

func TestSetRefusesWhatIsReadInDifferentWays(t *testing.T) {
	for _, value := range []string{`hush"`, "hush'", "hush`", `hush\`, "hush$X", "hush #", "hush\nX=1", "hush\r", "hush\x00", "hush\x7f", "hushé", "hush\ufeff"} {
		got, err := dotenv.Set([]byte("A=old\n"), vars("A="+value))
		if fault.StatusOf(err) != fault.Failure || got != nil || strings.Contains(err.Error()+fault.HintOf(err), "hush") {
			t.Errorf("%q: got %q, %v", value, got, err)
		}
	}
	for _, name := range []string{"", "A B", "A=", "#A", "A\n", "é"} {
		if _, err := dotenv.Set(nil, []dotenv.Variable{{Name: name}}); fault.StatusOf(err) != fault.Usage {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func TestRemove(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"nothing to remove from", "", ""},
		{"all lines that set it, whole", "X=1\nA=1 # c\n# A=2\nexport A=\"3\n4\"\r\nY=1\n", "X=1\n# A=2\nY=1\n"},
		{"two names", "A=1\nB=1\nX=1", "X=1"},
		{"the last line, of a file without a final line break", "X=1\nA=1", "X=1"},
		{"all there is", "A=1\n", ""},
		{"the byte order mark stays", "\ufeffA=1\nX=1\n", "\ufeffX=1\n"},
		{"what looks like it inside a value stays", "X='\nA=1\n'\n", "X='\nA=1\n'\n"},
		{"a file without a final line break stays one", "A=1\nX=1\nY", "X=1\nY"},
	} {
		if got := string(dotenv.Remove([]byte(c.before), "A", "B")); got != c.after {
			t.Errorf("%s: got %q, want %q", c.name, got, c.after)
		}
	}
}

func TestClear(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"values go, lines stay", "export A=1\nX=1\nB = '2' # b\n", "export A=\nX=1\nB = '' # b\n"},
		{"an inline comment is not to be read as the value", "A=1 # a\n", "A=\"\" # a\n"},
		{"no earlier value stays behind", "A=1\nA=2\n", "A=\n"},
		{"what is not there is not added", "# A=1\nX=1", "# A=1\nX=1"},
	} {
		if got := string(dotenv.Clear([]byte(c.before), "A", "B")); got != c.after {
			t.Errorf("%s: got %q, want %q", c.name, got, c.after)
		}
	}
}

func TestReading(t *testing.T) {
	text := "\ufeff# c\nA=1\nexport B = two words # c\nC='#3 \\n $A'\nD=\"a\\nb\\t\\\"\\\\ \\$A\" # c\nE=\"l1\r\nl2\"\nF=`it's \"6\"`\n" +
		"G=\nH= # c\nI=a#b\nJ: yaml\nA=last\nK=\"open\nL='x'y\n# M=1\nN='a\nA=inside\n'\nO='C:\\'\n"
	want := []string{"B=two words", `C=#3 \n $A`, "D=a\nb\\t\"\\ $A", "E=l1\nl2", `F=it's "6"`, "G=", "H=", "I=a#b", "J=yaml", "A=last", `K="open`, "L='x'y", "N=a\nA=inside\n", "O=C:\\"}
	var got []string
	for _, v := range dotenv.All([]byte(text)) {
		got = append(got, v.Name+"="+v.Value.Reveal())
		if value, ok := dotenv.Lookup([]byte(text), v.Name); !ok || value != v.Value {
			t.Errorf("Lookup %s: got %q, %v", v.Name, value.Reveal(), ok)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if value, ok := dotenv.Lookup([]byte(text), "M"); ok || !value.IsZero() {
		t.Errorf("a comment is read as %q", value.Reveal())
	}
}

// A line is counted as an editor counts it, also below a value of several lines
// and in a file of Windows.
func TestLine(t *testing.T) {
	const text = "\ufeff# top\r\nA=\"one\r\ntwo\"\r\nexport B=1\r\n#B=2\r\nB=3"
	for name, want := range map[string]int{"A": 2, "B": 6, "C": 0} {
		if got := dotenv.Line([]byte(text), name); got != want {
			t.Errorf("%s: line %d, want %d", name, got, want)
		}
	}
}
