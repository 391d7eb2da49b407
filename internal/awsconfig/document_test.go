package awsconfig

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
)

func TestSet(t *testing.T) {
	for _, c := range []struct {
		name        string
		header      Header
		key, value  string
		before, now string
	}{
		{"into nothing", work, "k", "v", "", "[profile work]\nk = v\n"},
		{"into a byte order mark", work, "k", "v", "\ufeff", "\ufeff[profile work]\nk = v\n"},
		{"the default profile's header", ConfigProfile("default"), "k", "v", "", "[default]\nk = v\n"},
		{"the credentials file's header", CredentialsProfile("work"), "k", "v", "", "[work]\nk = v\n"},
		{"a new section below another", work, "k", "v", "[a]\n# c\n", "[a]\n# c\n\n[profile work]\nk = v\n"},
		{"a new section where the file ends in a blank line", work, "k", "v", "[a]\n\n", "[a]\n\n[profile work]\nk = v\n\n"},
		{"a new section with line ends of Windows", work, "k", "v", "[a]\r\n", "[a]\r\n\r\n[profile work]\r\nk = v\r\n"},
		{"a new section where the last line has no line break", work, "k", "v", "[a]\r\nx = 1", "[a]\r\nx = 1\r\n\r\n[profile work]\r\nk = v"},
		{"a new key below the last property", work, "k", "v", "[profile work] # c\na = 1\n  2\n\n# about b\n[profile b]\n", "[profile work] # c\na = 1\n  2\nk = v\n\n# about b\n[profile b]\n"},
		{"a new key in an empty section", work, "k", "v", "[profile work]\n# c\n\n[profile b]\n", "[profile work]\nk = v\n# c\n\n[profile b]\n"},
		{"a new key below sub-properties", work, "k", "v", "[profile work]\ns3 =\n  a = b\n", "[profile work]\ns3 =\n  a = b\nk = v\n"},
		{"a new key below a last line without a line break", work, "k", "v", "[profile work]\na = 1", "[profile work]\na = 1\nk = v"},
		{"a new key below a last line that ends in a carriage return", work, "k", "v", "[profile work]\na = 1\r", "[profile work]\na = 1\r\nk = v"},
		{"a new key below a header without a line break", work, "k", "v", "[profile work]", "[profile work]\nk = v"},
		{"a new key among mixed line ends", work, "k", "v", "[a]\n[profile work]\r\na = 1\r\n", "[a]\n[profile work]\r\na = 1\r\nk = v\r\n"},
		{"a value in its place", work, "K", "v", "[profile work]\n k\t=  old value \t; why\nz = 1\n", "[profile work]\n k\t=  v \t; why\nz = 1\n"},
		{"a value where none was", work, "k", "v", "[profile work]\nk =\nz = 1\n", "[profile work]\nk = v\nz = 1\n"},
		{"a value where only a comment was", work, "k", "v", "[profile work]\nk = # c\n", "[profile work]\nk = v # c\n"},
		{"a value in quotes", work, "k", "v", "[profile work]\nk = \"o\"\n", "[profile work]\nk = v\n"},
		{"a value of several lines", work, "k", "v", "[profile work]\nk = 1\n  2\n# c\n\n  3\nz = 1\n", "[profile work]\nk = v\n# c\n\nz = 1\n"},
		{"sub-properties", work, "k", "v", "[profile work]\nk =\n  a = 1\n  b = 2", "[profile work]\nk = v\n"},
		{"the last of duplicates", work, "k", "v", "[profile work]\nk = 1\nk = 2\n[profile work]\nk = 3\n[profile work]\nz = 1\n", "[profile work]\nk = 1\nk = 2\n[profile work]\nk = v\n[profile work]\nz = 1\n"},
		{"the same value", work, "k", "v", "[profile work]\nk = 'v'\n", "[profile work]\nk = 'v'\n"},
		{"a name in quotes that is there", ConfigProfile("my work"), "k", "v", "[profile 'my work']\n", "[profile 'my work']\nk = v\n"},
		{"the [profile default] that counts", ConfigProfile("default"), "k", "v", "[profile default]\n[default]\nk = 1\n", "[profile default]\nk = v\n[default]\nk = 1\n"},
		{"beside a broken line of another section", work, "k", "v", "[profile work]\nk = 1\n[b]\njunk\n  more\n", "[profile work]\nk = v\n[b]\njunk\n  more\n"},
		{"a value with a comment sign that begins none", work, "k", "a;b#c", "", "[profile work]\nk = a;b#c\n"},
		{"a command with quotes inside", work, "credential_process", `"/a b/awsmint" process work`, "", "[profile work]\ncredential_process = \"/a b/awsmint\" process work\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := NewDocument([]byte(c.before))
			if err := d.Set(c.header, c.key, c.value); err != nil {
				t.Fatal(err)
			}
			if got := string(d.Bytes()); got != c.now {
				t.Errorf("got  %q\nwant %q", got, c.now)
			}
			if got, ok := d.Get(c.header, c.key); !ok || got != c.value {
				t.Errorf("reads back as %q, %v", got, ok)
			}
			if d.changed() != (c.before != c.now) {
				t.Error("changed is wrong")
			}
		})
	}
}

func TestSetRefusesWhatCanNotBeReadBack(t *testing.T) {
	const secret = "wJalrXUtnFEMI"
	for _, c := range []struct {
		name       string
		header     Header
		key, value string
	}{
		{"line break", work, "k", secret + "\n"},
		{"carriage return", work, "k", secret + "\rx"},
		{"NUL", work, "k", secret + "\x00"},
		{"Unicode line separator", work, "k", secret + "\u2028x"},
		{"not UTF-8", work, "k", secret + "\xff"},
		{"comment", work, "k", secret + " # c"},
		{"comment after a tab", work, "k", secret + "\t;c"},
		{"comment at once", work, "k", "#" + secret},
		{"leading space", work, "k", " " + secret},
		{"trailing space", work, "k", secret + "\u00a0"},
		{"quotes all round", work, "k", `"` + secret + `"`},
		{"lone quote", work, "credential_process", `"`},
		{"empty", work, "k", ""},
		{"empty key", work, "", secret},
		{"key with an equals sign", work, "a=b", secret},
		{"key with a colon", work, "a:b", secret},
		{"key with a space", work, "a b", secret},
		{"key with a bracket", work, "[a", secret},
		{"key that is a comment", work, "#a", secret},
		{"empty name", ConfigProfile(""), "k", secret},
		{"name with a space", ConfigProfile("my work"), "k", secret},
		{"name with a bracket", CredentialsProfile("a]"), "k", secret},
		{"name with a line break", CredentialsProfile("a\nb"), "k", secret},
	} {
		t.Run(c.name, func(t *testing.T) {
			const before = "[profile work]\nk = 1\n"
			d := NewDocument([]byte(before))
			err := d.Set(c.header, c.key, c.value)
			wantFault(t, err, fault.Usage, "can't be")
			if strings.Contains(err.Error()+fault.HintOf(err), secret) {
				t.Error("the error shows the value")
			}
			if string(d.Bytes()) != before {
				t.Errorf("changed to %q", d.Bytes())
			}
		})
	}
}

func TestBrokenDocumentIsNotEdited(t *testing.T) {
	const broken = "[profile work]\nk = v\n[profile b\n"
	d := NewDocument([]byte(broken))
	wantFault(t, d.Set(ConfigProfile("work"), "k", "w"), fault.Failure, ":3: profile definition must end with ']'")
	if d.Has(ConfigProfile("work")) || d.Remove(ConfigProfile("work"), "k") || d.RemoveIfEmpty(ConfigProfile("work")) || string(d.Bytes()) != broken {
		t.Error("it was edited")
	}
}

func TestSetRefusesABrokenSection(t *testing.T) {
	const broken = "[profile work]\n  more\nk = 1\n"
	d := NewDocument([]byte(broken))
	wantFault(t, d.Set(work, "k", "v"), fault.Failure, ":2: expected a property definition, found continuation")
	if string(d.Bytes()) != broken {
		t.Errorf("changed to %q", d.Bytes())
	}
	if !d.Remove(work, "k") || string(d.Bytes()) != "[profile work]\n  more\n" {
		t.Errorf("Remove made %q", d.Bytes())
	}
}

func TestRemove(t *testing.T) {
	for _, c := range []struct {
		name        string
		header      Header
		before, now string
	}{
		{"a line", work, "[profile work]\na = 1\nk = 1 ; c\nz = 1\n", "[profile work]\na = 1\nz = 1\n"},
		{"in any case", work, "[profile work]\nK = 1", "[profile work]\n"},
		{"with line ends of Windows", work, "[profile work]\r\nk = 1\r\nz = 1\r\n", "[profile work]\r\nz = 1\r\n"},
		{"with its continuations, not the comments between", work, "[profile work]\nk = 1\n  2\n# c\n\n  3\n# d\nz = 1\n", "[profile work]\n# c\n\n# d\nz = 1\n"},
		{"with its sub-properties", work, "[profile work]\nk =\n  a = 1\n  b = 1\nz = 1\n", "[profile work]\nz = 1\n"},
		{"in every duplicate", work, "[profile work]\nk = 1\nk = 2\n[profile b]\nk = 3\n[profile work]\nk = 4\n", "[profile work]\n[profile b]\nk = 3\n[profile work]\n"},
		{"of [profile default], not of the [default] it hides", ConfigProfile("default"), "[default]\nk = 1\n[profile default]\nk = 2\n", "[default]\nk = 1\n[profile default]\n"},
		{"of the credentials file", CredentialsProfile("work"), "[work]\nk = 1\n[profile work]\nk = 2\n", "[work]\n[profile work]\nk = 2\n"},
		{"an indented property below would become a sub-property", work, "[profile work]\ns3 =\n  a = 1\nk = 1\nk = 2\n\t y = 1\n\t z = 1\n", "[profile work]\ns3 =\n  a = 1\ny = 1\n\t z = 1\n"},
		{"an indented property below that stays what it is", work, "[profile work]\na = 1\nk = 1\n  z = 1\n", "[profile work]\na = 1\n  z = 1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := NewDocument([]byte(c.before))
			if !d.Remove(c.header, "k") {
				t.Error("nothing was removed")
			}
			if got := string(d.Bytes()); got != c.now {
				t.Errorf("got  %q\nwant %q", got, c.now)
			}
			if d.Remove(c.header, "k") {
				t.Error("removed twice")
			}
		})
	}
	d := NewDocument([]byte("[profile work]\na = 1\n"))
	if d.Remove(work, "k") || d.Remove(ConfigProfile("x"), "a") || d.changed() {
		t.Error("something was removed that is not there")
	}
}

func TestRemoveIfEmpty(t *testing.T) {
	for _, c := range []struct {
		name        string
		header      Header
		before, now string
	}{
		{"alone", work, "[profile work]\n", ""},
		{"in the middle, with the blank lines below", work, "[a]\n\n[profile work]\n \n\n[b]\n", "[a]\n\n[b]\n"},
		{"in the middle, without the blank line above", work, "[a]\n\n[profile work]\n[b]\n", "[a]\n\n[b]\n"},
		{"at the end, with the blank line above", work, "[a]\n\n\n[profile work]", "[a]\n\n"},
		{"at the end, with the blank line below", work, "[a]\n\n[profile work]\n\n", "[a]\n\n"},
		{"at the end, with line ends of Windows", work, "[a]\r\n\r\n[profile work]\r\n", "[a]\r\n"},
		{"both of two", work, "[a]\n[profile work]\n\n[profile work]\n", "[a]\n"},
		{"not with a property", work, "[profile work]\nk = v\n", ""},
		{"not with a comment", work, "[profile work]\n# c\n", ""},
		{"not with a broken line", work, "[profile work]\njunk\n", ""},
		{"not with something in its duplicate", work, "[profile work]\n[profile work]\nk = v\n", ""},
		{"not where a hidden [default] would come to life", ConfigProfile("default"), "[default]\nk = v\n[profile default]\n", ""},
		{"not another file's", CredentialsProfile("work"), "[profile work]\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := NewDocument([]byte(c.before))
			stays := strings.HasPrefix(c.name, "not ")
			if stays {
				c.now = c.before
			}
			if d.RemoveIfEmpty(c.header) == stays {
				t.Error("the answer is wrong")
			}
			if got := string(d.Bytes()); got != c.now {
				t.Errorf("got  %q\nwant %q", got, c.now)
			}
		})
	}
}

// What add writes, remove takes out again: the file is as it was.
func TestAddThenRemoveRestores(t *testing.T) {
	for _, before := range []string{
		"", "\ufeff", "# c\n", "[a]\n", "[a]\nx = 1\n", "[a]\nx = 1\n\n", "[a]\nx = 1\n\n\n", "[a]\r\nx = 1\r\n", "[a]\r\nx = 1\r\n\r\n",
		"[profile work]\nx = 1\n# c\n", "[a]\n[profile work]\nx = 1\n\n[b]\n",
	} {
		d := NewDocument([]byte(before))
		for _, key := range []string{"credential_process", "region"} {
			if err := d.Set(work, key, "v"); err != nil {
				t.Fatal(err)
			}
		}
		if !d.changed() || !d.Remove(work, "region") || !d.Remove(work, "credential_process") {
			t.Errorf("%q: not edited", before)
		}
		d.RemoveIfEmpty(work)
		if got := string(d.Bytes()); got != before {
			t.Errorf("got %q, want %q", got, before)
		}
	}
}

func TestHas(t *testing.T) {
	d := NewDocument([]byte("[default]\n[profile a]\n[b]\n[profile in valid]\n"))
	for h, want := range map[Header]bool{
		ConfigProfile("default"): true, ConfigProfile("a"): true, ConfigProfile("b"): false, ConfigProfile("in valid"): false, ConfigProfile(""): false,
		CredentialsProfile("default"): true, CredentialsProfile("a"): false, CredentialsProfile("b"): true,
	} {
		if d.Has(h) != want {
			t.Errorf("Has(%s) = %v", h, !want)
		}
	}
	if _, ok := d.Get(ConfigProfile("a"), "k"); ok {
		t.Error("a key that is not there was found")
	}
}
