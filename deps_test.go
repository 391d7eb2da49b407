package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/awsmint/awsmint"

// mayImport is the house's plan: which rooms a room may use. A room that is
// not named here may use none; the leaves may be used by all.
var mayImport = map[string][]string{
	"":                  {"internal/cli"},
	"internal/cli":      {"provider", "cache", "internal/awsconfig", "internal/keychain", "internal/mfa", "internal/term", "internal/format", "internal/dotenv", "internal/browser", "internal/doctor", "internal/endpoint", "internal/qrcode"},
	"provider":          {"cache", "internal/awsconfig", "internal/keychain", "internal/mfa"},
	"internal/doctor":   {"provider", "cache", "internal/awsconfig", "internal/keychain", "internal/mfa", "internal/term", "internal/dotenv"},
	"internal/mfa":      {"internal/term"},
	"internal/keychain": {},
	"internal/browser":  {},
	"internal/dotenv":   {},
	"internal/endpoint": {},
	"internal/qrcode":   {},
	"cache":             {},
}

// leaves know nothing of the rooms above them.
var leaves = []string{"internal/atomicfile", "internal/child", "internal/fault", "internal/filelock", "internal/keycheck", "internal/pace", "internal/paste", "internal/secret", "internal/shellword"}

// workshops are for tests, the demo and the benchmark, and no part of awsmint:
// they may use everything, and nothing that ships may use them.
var workshops = []string{"internal/ststest", "internal/lab", "internal/demo", "internal/bench", "internal/e2e", "internal/keychain/keyringtest", "internal/term/termtest", "internal/atomicfile/editortest", "internal/disktest"}

// banned names what must not be linked into awsmint, and why.
var banned = map[string]string{
	"github.com/aws/aws-sdk-go-v2/config":        "it takes 4 ms at start and runs our own profile again",
	"github.com/aws/aws-sdk-go-v2/credentials":   "the chain of providers is our own",
	module + "/internal/ststest":                 "it is a fake AWS",
	module + "/internal/lab":                     "it is for tests",
	"testing":                                    "it is for tests",
	"github.com/rogpeppe/go-internal/testscript": "it is for tests",
}

func TestImportsGoOneWay(t *testing.T) {
	for _, line := range goList(t, "linux", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...") {
		importer, imports, _ := strings.Cut(line, " ")
		room := strings.TrimPrefix(strings.TrimPrefix(importer, module), "/")
		if within(room, workshops) {
			continue
		}
		for _, path := range strings.Fields(imports) {
			used, ours := strings.CutPrefix(path, module+"/")
			if !ours || slices.Contains(leaves, used) && !slices.Contains(leaves, room) {
				continue
			}
			if slices.Contains(leaves, room) && slices.Contains([]string{"internal/fault", "internal/secret"}, used) {
				continue
			}
			if !slices.Contains(mayImport[room], used) {
				t.Errorf("%q imports %q: docs/architecture.md lets it import only %q and the leaves", room, used, mayImport[room])
			}
		}
	}
}

func TestNothingBannedIsLinked(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, path := range goList(t, goos, "-deps", "-f", "{{.ImportPath}}", ".") {
			if why, bad := banned[path]; bad {
				t.Errorf("%s: %s is linked: %s", goos, path, why)
			}
		}
	}
}

func within(room string, rooms []string) bool {
	return slices.ContainsFunc(rooms, func(r string) bool { return room == r || strings.HasPrefix(room, r+"/") })
}

func goList(t *testing.T, goos string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
