package awsconfig

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFindPaths(t *testing.T) {
	home := filepath.Join(string(filepath.Separator)+"home", "alice")
	aws := filepath.Join(home, ".aws")
	for _, c := range []struct {
		name                string
		config, credentials string
		want                Paths
	}{
		{"nothing set", "", "", Paths{filepath.Join(aws, "config"), filepath.Join(aws, "credentials")}},
		{"both set", "/c", "d/e", Paths{"/c", "d/e"}},
		{"one set", "/c", "", Paths{"/c", filepath.Join(aws, "credentials")}},
		{"home alone", "~", "", Paths{home, filepath.Join(aws, "credentials")}},
		{"under home", "~/x/c", "~/d", Paths{filepath.Join(home, "x", "c"), filepath.Join(home, "d")}},
		{"another user's home is left alone", "~bob/c", "~~", Paths{"~bob/c", "~~"}},
		{"a ~ in the middle is left alone", "/a/~/c", "./~", Paths{"/a/~/c", "./~"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			environ := map[string]string{"AWS_CONFIG_FILE": c.config, "AWS_SHARED_CREDENTIALS_FILE": c.credentials}
			if got := FindPaths(func(name string) string { return environ[name] }, home); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What was hidden from the SDKs is found, whatever the directory, but not where
// somebody has named another file meanwhile.
func TestHiddenFilesAreFound(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	environ := map[string]string{}
	for _, v := range (Paths{"config", filepath.Join(here, "credentials")}).Hidden() {
		environ[v.Name] = v.Value.Reveal()
	}
	if environ["AWS_CONFIG_FILE"] != os.DevNull || environ["AWS_SHARED_CREDENTIALS_FILE"] != os.DevNull {
		t.Errorf("SDKs see %v", environ)
	}
	t.Chdir(t.TempDir())
	getenv := func(name string) string { return environ[name] }
	want := Paths{filepath.Join(here, "config"), filepath.Join(here, "credentials")}
	if got := FindPaths(getenv, "home"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	environ["AWS_CONFIG_FILE"], want.Config = "other", "other"
	if got := FindPaths(getenv, "home"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A backslash is a separator on Windows and a letter elsewhere.
func TestFindPathsWithBackslash(t *testing.T) {
	got := FindPaths(func(string) string { return `~\c` }, "home").Config
	want := `~\c`
	if filepath.Separator == '\\' {
		want = `home\c`
	}
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
