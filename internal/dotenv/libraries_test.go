package dotenv_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/joho/godotenv"

	"github.com/awsmint/awsmint/internal/dotenv"
)

// named are what the edits of these tests set; nothing else may change.
var named = []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"}

var namedValues = vars("AWS_ACCESS_KEY_ID=ASIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFE", "AWS_SESSION_TOKEN=IQoJ+b3/Jp==", "AWS_REGION=eu-west-1")

// uglyLines are lines of real files and worse. NAME stands for one of the
// named variables.
var uglyLines = []string{
	"", "", "  \t", "# comment", "  # it's a \"comment\"", "#", "# NAME is prose", "# NAME=prose of several words", "# X=1",
	"X=1", "X = 2", "export Y=three", "X='4' # four", "Z=\"5\\n6\" # six", "X=", "Y= ", "Z=''", `X=""`,
	"Z=http://h/?a=b&c", "Y=two words", "  X=it's", "X='it is \"6\"'", `Z="say \"7\" \\ "`, "Y='\\n'",
	"X=\"first\n  second\"", "X='first\nNAME=inside\n# NAME=inside\n'", "Y=\"first\n\nNAME=inside\nexport NAME='inside'\" # end", "DB.URL=8",
	"NAME=old", "NAME=", "NAME = old", "  export NAME=old", "export\tNAME='old'", "NAME=\"old\" # c", "NAME='old'#c", "NAME=old # c", "NAME=old # c # d",
	"NAME= # c", "NAME=# c", "NAME =", "NAME=\"old\nX=inside\"", "NAME=old\t", "NAME=a#b", "NAME=\u00a0old", "\tNAME= \"\" ", "NAME=old words", "NAME=it's", "NAME: old", "NAME=old=old",
	"NAME=`old`", "export NAME = `old` # c", "Y=`six`", "# NAME=`old`",
	"#NAME=", "# NAME=old", "# export NAME='old'", "  ## NAME=old # c", "#NAME=\"old\"", "NAME_2=other", "MY_NAME=other",
}

// ugly returns a file of such lines.
func ugly(random *rand.Rand) string {
	br := []string{"\n", "\r\n"}[random.IntN(2)]
	var text strings.Builder
	for n := random.IntN(12); n > 0; n-- {
		line := uglyLines[random.IntN(len(uglyLines))]
		line = strings.ReplaceAll(line, "NAME", named[random.IntN(len(named))])
		text.WriteString(strings.ReplaceAll(line, "\n", br))
		if n > 1 || random.IntN(3) > 0 {
			text.WriteString(br)
		}
	}
	return text.String()
}

// edits of each kind, and what they make of the named variables.
var edits = map[string]struct {
	apply func([]byte) []byte
	want  map[string]string
}{
	"set": {func(data []byte) []byte {
		data, err := dotenv.Set(data, namedValues)
		if err != nil {
			panic(err)
		}
		return data
	}, asMap(namedValues)},
	"remove": {func(data []byte) []byte { return dotenv.Remove(data, named...) }, map[string]string{}},
}

func asMap(all []dotenv.Variable) map[string]string {
	values := make(map[string]string)
	for _, v := range all {
		values[v.Name] = v.Value.Reveal()
	}
	return values
}

// expected is what a library has to read after an edit, from what it read
// before: the same, but for the named variables.
func expected(before, want map[string]string) map[string]string {
	after := maps.Clone(before)
	for _, name := range named {
		delete(after, name)
	}
	maps.Copy(after, want)
	return after
}

func TestGodotenvReadsTheEditAndNoOtherChange(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	read := 0
	for range 6_000 {
		text := ugly(random)
		before, err := godotenv.Unmarshal(text)
		if err != nil {
			continue // what it refuses to begin with proves nothing
		}
		read++
		for name, edit := range edits {
			edited := edit.apply([]byte(text))
			after, err := godotenv.UnmarshalBytes(edited)
			if diff := cmp.Diff(expected(before, edit.want), after); diff != "" || err != nil {
				t.Fatalf("%s: %q became %q: %v (-want +got):\n%s", name, text, edited, err, diff)
			}
			if again := edit.apply(edited); !bytes.Equal(again, edited) {
				t.Fatalf("%s: %q became %q, and then %q", name, text, edited, again)
			}
		}
		cleared := dotenv.Clear([]byte(text), named...)
		empty := map[string]string{}
		for _, name := range named {
			if _, ok := before[name]; ok {
				empty[name] = ""
			}
		}
		after, err := godotenv.UnmarshalBytes(cleared)
		if diff := cmp.Diff(expected(before, empty), after); diff != "" || err != nil {
			t.Fatalf("clear: %q became %q: %v (-want +got):\n%s", text, cleared, err, diff)
		}
		checkLines(t, text)
	}
	if read < 3_000 {
		t.Errorf("only %d of the files could be read", read)
	}
}

// Bytes, not meanings: an edit leaves every line without a named variable.
func checkLines(t *testing.T, text string) {
	t.Helper()
	edited, err := dotenv.Set([]byte(text), namedValues)
	if err != nil {
		t.Fatal(err)
	}
	rest := string(edited)
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); containsNamed(line) {
			continue
		}
		_, after, found := strings.Cut(rest, line)
		// Lines within a value that was replaced are gone with it.
		if !found && !strings.Contains(line, "inside") {
			t.Fatalf("%q became %q, where the line %q is missing or misplaced", text, edited, line)
		}
		if found {
			rest = after
		}
	}
}

func containsNamed(line string) bool {
	for _, name := range named {
		if strings.Contains(line, name) {
			return true
		}
	}
	return false
}

// The readers of other languages, each a program that reads a JSON list of
// texts from stdin and prints the list of what it read: null for a text that
// it refuses.
var readers = map[string][]string{
	"python-dotenv": {"python3", "-c", `
import io, json, logging, sys
import dotenv
logging.disable(logging.CRITICAL)
def read(text):
    return {k: v for k, v in dotenv.dotenv_values(stream=io.StringIO(text, newline=None), interpolate=False).items() if v is not None}
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)`},
	"node": {"node", "-e", `
const {parseEnv} = require("util");
if (!parseEnv) process.exit(9);
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map(text => parseEnv(text))));`},
}

// They are no part of what the tests need: one is tried where it is.
func TestOtherLibrariesReadTheEditAndNoOtherChange(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var texts, sets, removes []string
	for range 1_500 {
		text := ugly(random)
		if strings.Contains(text, ": old") || strings.ContainsAny(text, "\t\u00a0") || strings.Contains("\n"+text, "\n  #") {
			// To neither is a colon an assignment. Node 20 takes a tab for
			// part of a name, and an indented comment too.
			continue
		}
		texts = append(texts, text)
		sets = append(sets, string(edits["set"].apply([]byte(text))))
		removes = append(removes, string(edits["remove"].apply([]byte(text))))
	}
	for name, command := range readers {
		t.Run(name, func(t *testing.T) {
			before := readAll(t, command, texts)
			for kind, edited := range map[string][]string{"set": sets, "remove": removes} {
				for i, after := range readAll(t, command, edited) {
					if diff := cmp.Diff(expected(before[i], edits[kind].want), after); diff != "" {
						t.Fatalf("%s: %q became %q (-want +got):\n%s", kind, texts[i], edited[i], diff)
					}
				}
			}
		})
	}
}

func readAll(t *testing.T, command, texts []string) []map[string]string {
	t.Helper()
	input, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin = bytes.NewReader(input)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("%s has no reader of .env files: %v", command[0], err)
	}
	var read []map[string]string
	if err := json.Unmarshal(out, &read); err != nil || len(read) != len(texts) {
		t.Fatalf("%d answers to %d texts, %v", len(read), len(texts), err)
	}
	for _, values := range read {
		// Node 20 finds one in a comment at the end of a file.
		maps.DeleteFunc(values, func(name, _ string) bool { return strings.HasPrefix(name, "#") })
	}
	return read
}
