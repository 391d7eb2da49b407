package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
)

// renewed is a file, and a supply of credentials that have no end.
func renewed(t *testing.T, id func() string) (*envFile, *supply) {
	t.Helper()
	file := &envFile{path: filepath.Join(t.TempDir(), ".env"), app: &App{Now: time.Now}}
	return file, &supply{what: "temp", provider: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id(), SecretAccessKey: "secret"}, nil
	})}
}

// Credentials without an end may be replaced by others all the same.
func TestUnexpiringCredentialsAreAskedForEachHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ids := []string{"A", "A", "B"}
		begun, asked := time.Now(), 0
		file, s := renewed(t, func() string { asked++; return ids[asked-1] })
		values, err := s.retrieve(t.Context())
		if err != nil || file.write(t.Context(), values) != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = file.keepFresh(ctx, s, values, func(v format.Values, err error) {
			if got, want := time.Since(begun), time.Duration(asked-1)*time.Hour; got != want || err != nil {
				t.Errorf("asked for the %d. time after %v, want %v; %v", asked, got, want, err)
			}
			if asked == len(ids) {
				cancel()
			}
		})
		data, _ := os.ReadFile(file.path)
		if err != nil || !strings.Contains(string(data), "AWS_ACCESS_KEY_ID=B\n") {
			t.Errorf("%v; the file:\n%s", err, data)
		}
	})
}

func TestStatusOfUnexpiringCredentials(t *testing.T) {
	file, s := renewed(t, func() string { return "A" })
	w := watch{file: file, supply: s}
	if got, want := w.status(), file.path+": credentials without a known end (temp)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	w.err, s.words = fault.New(fault.Person, "no code", ""), " --read-only"
	if got := w.status(); !strings.HasSuffix(got, "; not renewed: no code; run: awsmint login temp --read-only") {
		t.Errorf("%q", got)
	}
}

// Two that write different credentials into one file would go on for ever. What
// is nobody's, and what it would write itself, is no reason to end.
func TestAFileThatAnotherWritesIsLeftToIt(t *testing.T) {
	for name, c := range map[string]struct {
		there string
		taken bool
	}{
		"another's":    {"AWS_ACCESS_KEY_ID=C\n", true},
		"emptied":      {"AWS_ACCESS_KEY_ID=\n", false},
		"taken out":    {"OTHER=1\n", false},
		"the same new": {"AWS_ACCESS_KEY_ID=B\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				id := "A"
				file, s := renewed(t, func() string { return id })
				values, err := s.retrieve(t.Context())
				if err != nil || file.write(t.Context(), values) != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file.path, []byte(c.there), 0o600); err != nil {
					t.Fatal(err)
				}
				id = "B"
				ctx, cancel := context.WithCancel(t.Context())
				told := 0
				err = file.keepFresh(ctx, s, values, func(_ format.Values, err error) {
					told++
					if !c.taken || told > 1 {
						cancel()
					}
				})
				cancel()
				data, _ := os.ReadFile(file.path)
				if errors.Is(err, errTaken) != c.taken || strings.Contains(string(data), "AWS_ACCESS_KEY_ID=B\n") == c.taken || told != 1 {
					t.Errorf("%v, told %d times; the file:\n%s", err, told, data)
				}
			})
		})
	}
}

// An editor that had the file open puts back what it read: credentials of this
// run, or those that it found. They are no other program's.
func TestAnOlderCopyOfTheFileIsRenewed(t *testing.T) {
	for _, old := range []string{"FOUND", "A"} {
		synctest.Test(t, func(t *testing.T) {
			ids, renewals := []string{"A", "B", "C"}, 0
			file, s := renewed(t, func() string { id := ids[0]; ids = ids[min(1, len(ids)-1):]; return id })
			put := func(id string) {
				if err := os.WriteFile(file.path, []byte("AWS_ACCESS_KEY_ID="+id+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			put("FOUND")
			values, err := s.retrieve(t.Context())
			if err != nil || file.write(t.Context(), values) != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err = file.keepFresh(ctx, s, values, func(format.Values, error) {
				if renewals++; renewals == 3 {
					cancel()
				}
				put(old)
			})
			if err != nil || renewals != 3 {
				t.Errorf("%s: %v after %d renewals", old, err, renewals)
			}
		})
	}
}

// The end of a watch empties its own credentials, and nobody else's.
func TestAFileThatAnotherWroteIsNotEmptied(t *testing.T) {
	file, s := renewed(t, func() string { return "A" })
	values, err := s.retrieve(t.Context())
	if err != nil || file.write(t.Context(), values) != nil {
		t.Fatal(err)
	}
	for there, emptied := range map[string]bool{"C": false, "A": true} {
		text := "AWS_ACCESS_KEY_ID=" + there + "\nAWS_SECRET_ACCESS_KEY=s\n"
		if err := os.WriteFile(file.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		done, err := file.clear(t.Context())
		data, _ := os.ReadFile(file.path)
		if err != nil || (string(data) != text) != emptied || (done == "emptied") != emptied {
			t.Errorf("%s: %q, %v; the file:\n%s", there, done, err, data)
		}
	}
}
