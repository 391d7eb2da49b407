//go:build unix

package provider

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// commandLines are split as written: by us and by the real shlex.
var commandLines = []string{
	``, ` `, "\t\r\n", `a`, `a b  c`, " a\tb\nc\rd ", `"a b" c`, `'a b' c`, `"" ''`, `a""b`, `""a`, `a''`, `"a"'b'c`,
	`a\ b`, `\a`, `\\`, `\"`, `\'`, "a\\\nb", `"\a"`, `"\\"`, `"\""`, `"\'"`, `"\$"`, "\"\\\n\"", `"a\b\"c\\d"`,
	`'\'`, `'\\'`, `'a\"b'`, `'"'`, `"'"`, `it\'s`, `"it's"`, `'say "x"'`, `a"b c"d`, `--flag="a b"`, `x='y z'`,
	`~/bin/tool $HOME ${X} *.txt ?`, "`id` $(id) a|b a;b a&b (a) <a >b", `a#b #c`, `!x`, `a=b`, `C:\Tools\x.exe`,
	"/usr/local/bin/tool --profile a", "zoë \"naïve café\" 日本", "a\vb\fc", "a\u00a0b", "a\u2003b", "\x00", "a\x00b",
	// What can't be split.
	`"`, `'`, `"a`, `'a`, `a "b`, `"\"`, `'a\'b'c'`, `\`, `a\`, `a \`, `"a\`, `"a" \`, `'it's`, `"\\\"`,
}

func TestSplitIsShlexSplit(t *testing.T) {
	python := "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
			t.Fatal("python3 is not installed")
		}
		t.Skip("python3 is not installed")
	}
	const program = `
import json, shlex, sys
def words(line):
    try: return shlex.split(line)
    except ValueError: return None
json.dump([words(line) for line in json.load(sys.stdin)], sys.stdout)`
	lines := slices.Concat(commandLines, combinations(`a \'"$`+"\n", 5))
	input, err := json.Marshal(lines)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", program)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want [][]string
	if err := json.Unmarshal(output, &want); err != nil || len(want) != len(lines) {
		t.Fatalf("%d answers to %d lines: %v", len(want), len(lines), err)
	}
	wrong := 0
	for i, line := range lines {
		got, err := split(line)
		refused := want[i] == nil
		if (err != nil) != refused || err == nil && !slices.Equal(got, want[i]) {
			t.Errorf("%q is split into %q, %v; shlex says %q", line, got, err, want[i])
			if wrong++; wrong > 20 {
				t.FailNow()
			}
		}
	}
}

// combinations are all the texts of up to length characters of an alphabet.
func combinations(alphabet string, length int) (texts []string) {
	last := []string{""}
	for range length {
		var longer []string
		for _, text := range last {
			for _, c := range alphabet {
				longer = append(longer, text+string(c))
			}
		}
		texts, last = append(texts, longer...), longer
	}
	return texts
}

func FuzzSplit(f *testing.F) {
	for _, line := range commandLines {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := split(line)
		if err != nil {
			if words != nil {
				t.Fatalf("%q gave words and an error", line)
			}
			if !strings.ContainsAny(line, `'"\`) {
				t.Fatalf("%q has nothing to be wrong with: %v", line, err)
			}
			return
		}
		// Quoted, the words come back as they are.
		quoted := make([]string, len(words))
		length := 0
		for i, word := range words {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
			length += len(word)
		}
		again, err := split(strings.Join(quoted, " "))
		if diff := cmp.Diff(words, again); diff != "" || err != nil {
			t.Fatalf("%q: %v (-first +again):\n%s", line, err, diff)
		}
		if length > len(line) {
			t.Fatalf("%q has more in its words than it is long: %q", line, words)
		}
		if !strings.ContainsAny(line, `'"\`) {
			plain := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) })
			if !slices.Equal(words, plain) {
				t.Fatalf("%q without a quote is split into %q", line, words)
			}
		}
	})
}
