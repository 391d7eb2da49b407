// Command demo runs awsmint's main job where nothing can go wrong: in a
// temporary home, against an AWS of our own on loopback that verifies every
// signature and code. It touches nothing else and leaves nothing behind.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "awsmint-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	fmt.Println("Building awsmint and starting an AWS of our own on loopback.")
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		return err
	}
	binary, err := lab.Build(bin)
	if err != nil {
		return err
	}
	l, err := lab.New(filepath.Join(dir, "demo"), binary)
	if err != nil {
		return err
	}
	defer l.Close()
	l.Set("AWSMINT_LOG", "")
	alice := l.AWS.AddUser("alice")
	d := &demo{l}

	fmt.Println("\n1. Store a made-up access key, and the seed of its MFA device, in a file keychain.")
	if _, err := d.show(lab.KeyJSON(alice, true), "awsmint", "add", "demo", "--stdin"); err != nil {
		return err
	}
	fmt.Println("\n2. What add wrote: no secret, and nothing that an SDK could trip over.")
	if err := d.print(l.ConfigFile()); err != nil {
		return err
	}
	fmt.Println("\n3. The first run mints a session: keychain, MFA code, one signed call to STS.")
	mint, err := d.show("", "awsmint", "process", "demo")
	if err != nil {
		return err
	}
	fmt.Println("\n4. The second run is a hit: no network, no code, and the key is not touched.")
	hit, err := d.show("", "awsmint", "process", "demo")
	if err != nil {
		return err
	}
	took := []time.Duration{hit.Took}
	for range 20 {
		again := l.Run("", "process", "demo")
		if again.Stdout != mint.Stdout {
			return fmt.Errorf("the hit was none: %s", again.Stderr)
		}
		took = append(took, again.Took)
	}
	if calls := l.AWS.Calls("GetSessionToken"); hit.Stdout != mint.Stdout || calls != 1 {
		return fmt.Errorf("the hit was none: %d calls of GetSessionToken", calls)
	}
	slices.Sort(took)
	fmt.Printf("\n   mint %s, with an AWS that is no network away; %d hits in %s each (median); calls of GetSessionToken: 1\n", milliseconds(mint.Took), len(took), milliseconds(took[len(took)/2]))
	if err := d.role(); err != nil {
		return err
	}
	fmt.Println("\n6. What is on disk now: sealed, and for your eyes only.")
	if err := d.files(alice.SecretAccessKey); err != nil {
		return err
	}
	if err := d.aws(); err != nil {
		return err
	}
	fmt.Println("\nThat was the main job. README.md tells how to do it with your own key.")
	return nil
}

type demo struct{ *lab.Lab }

// role assumes a role that asks for MFA, with the session that is there.
func (d *demo) role() error {
	const admin = "arn:aws:iam::444455556666:role/Admin"
	d.AWS.AddRole(ststest.Role{ARN: admin, RequireMFA: true})
	fmt.Println("\n5. A role that asks for MFA: the session carries it, so there is no second code.")
	if _, err := d.show("", "awsmint", "add", "prod", "--role-arn", admin, "--source-profile", "demo"); err != nil {
		return err
	}
	if _, err := d.show("", "awsmint", "login", "prod"); err != nil {
		return err
	}
	if _, err := d.show("", "awsmint", "list"); err != nil {
		return err
	}
	if sessions, roles := d.AWS.Calls("GetSessionToken"), d.AWS.Calls("AssumeRole"); sessions != 1 || roles != 1 {
		return fmt.Errorf("%d calls of GetSessionToken and %d of AssumeRole, not one of each", sessions, roles)
	}
	return nil
}

// show runs a program as a person would and prints what it said. Session
// tokens are cut short, made up as they are.
func (d *demo) show(stdin, name string, args ...string) (lab.Result, error) {
	program := name
	if name == "awsmint" {
		program = d.Binary
	}
	fmt.Println("   $ " + name + " " + strings.Join(args, " "))
	r := d.RunProgram(stdin, program, args...)
	for line := range strings.Lines(r.Stdout + r.Stderr) {
		fmt.Println("   " + shorten(strings.TrimRight(line, "\n")))
	}
	if r.Err != nil {
		return r, fmt.Errorf("%s: %w", name, r.Err)
	}
	return r, nil
}

// shorten cuts the long values out of a line of JSON.
func shorten(line string) string {
	const shown = 8
	for _, field := range []string{"SecretAccessKey", "SessionToken"} {
		before, after, ok := strings.Cut(line, `"`+field+`":"`)
		value, rest, closed := strings.Cut(after, `"`)
		if ok && closed && len(value) > shown {
			line = before + `"` + field + `":"` + value[:shown] + `…"` + rest
		}
	}
	return line
}

func (d *demo) print(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fmt.Println("   $ cat ~/" + strings.TrimPrefix(path, d.Home+string(filepath.Separator)))
	for line := range strings.Lines(strings.TrimRight(string(data), "\n")) {
		fmt.Println("   " + strings.TrimRight(line, "\n"))
	}
	return nil
}

// files lists all that is in the home directory and looks for the secret.
func (d *demo) files(secret string) error {
	return filepath.WalkDir(d.Home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains(string(data), secret) {
			return fmt.Errorf("%s holds the secret", path)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name := "~" + strings.TrimPrefix(path, d.Home)
		if len(name) > 56 {
			name = name[:40] + "…" + filepath.Ext(name)
		}
		fmt.Printf("   %s %5d bytes  %s\n", info.Mode(), info.Size(), name)
		return nil
	})
}

// aws runs the real AWS CLI, where there is one.
func (d *demo) aws() error {
	for _, path := range []string{"/usr/local/bin/aws", "/opt/homebrew/bin/aws", "/usr/bin/aws"} {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		fmt.Println("\n7. The real AWS CLI, which finds awsmint in the config file.")
		_, err := d.show("", path, "sts", "get-caller-identity", "--profile", "prod", "--endpoint-url", d.AWS.URL())
		return err
	}
	fmt.Println("\n7. (The AWS CLI is not installed: with it, aws sts get-caller-identity --profile prod would follow.)")
	return nil
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
