//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
)

// A file that can't be written, whichever it is: what was done is told, and the
// directory that is full, behind a link too; the key is stored, its plain text
// is where it was, and another run finishes once there is room.
func TestImportWhereAFileCannotBeWritten(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		skip(t, "mounting a full and a read-only disk needs root")
	}
	for _, c := range []struct {
		name, variable string
		readOnly, link bool
		want           string
	}{
		{"the config file on a full disk", "AWS_CONFIG_FILE", false, false, "is stored, and the config files are as they were: can't write "},
		{"the config file in a read-only directory", "AWS_CONFIG_FILE", true, false, "is stored, and the config files are as they were: can't write "},
		{"the credentials file on a full disk", "AWS_SHARED_CREDENTIALS_FILE", false, false, "is stored, and its profile is written, but the credentials file is as it was: can't write "},
		{"the credentials file in a read-only directory", "AWS_SHARED_CREDENTIALS_FILE", true, false, "is stored, and its profile is written, but the credentials file is as it was: can't write "},
		{"a link to the credentials file", "AWS_SHARED_CREDENTIALS_FILE", false, true, "is stored, and its profile is written, but the credentials file is as it was: can't write "},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			alice := l.AWS.AddUser("alice")
			plainText(t, l, alice)
			disk := mountTmpfs(t, "size=32k")
			file := filepath.Join(disk, "file")
			old := map[string]string{"AWS_CONFIG_FILE": l.ConfigFile(), "AWS_SHARED_CREDENTIALS_FILE": credentialsFile(l)}[c.variable]
			before := textOf(t, old)
			write(t, file, before, 0o600)
			named := file
			if c.link {
				named = filepath.Join(l.Dir, "link")
				if err := os.Symlink(file, named); err != nil {
					t.Fatal(err)
				}
			}
			l.Set(c.variable, named)
			filler := filepath.Join(disk, "filler")
			mend := func() { _ = os.Remove(filler) }
			if c.readOnly {
				remount := func(how string) {
					if out, err := lab.Output(need(t, "mount", "mount"), "-o", "remount,"+how, disk); err != nil {
						t.Fatal(out)
					}
				}
				remount("ro")
				mend = func() { remount("rw") }
			} else {
				_ = os.WriteFile(filler, make([]byte, 1<<20), 0o600) // as far as it goes
			}

			r := l.Run("", "import", "work", "--yes")
			r.Stdout = "" // what was to be done
			failed(t, r, 1, `the key of profile "work" `+c.want+`"`+named+`"`, "the file is as it was", `the directory "`+disk+`"`)
			if textOf(t, file) != before || !storesKey(t, l, alice) {
				t.Error("the file changed, or the key is not stored")
			}
			l.Set(c.variable, named) // which storesKey has taken out
			if isConfig := old == l.ConfigFile(); !isConfig && !strings.Contains(textOf(t, l.ConfigFile()), "process work") {
				t.Error("the profile is not written")
			} else if isConfig && !strings.Contains(textOf(t, credentialsFile(l)), alice.SecretAccessKey) {
				t.Error("the plain text is gone, and the profile not written")
			}
			mend()
			if r := l.Run("", "import", "work", "--yes"); r.Err != nil {
				t.Errorf("with room: status %d, stderr %q", r.Status, r.Stderr)
			}
			if old == credentialsFile(l) {
				old = file
			} else {
				old = credentialsFile(l)
			}
			if strings.Contains(textOf(t, old), alice.SecretAccessKey) {
				t.Error("the plain text is still there")
			}
		})
	}
}
