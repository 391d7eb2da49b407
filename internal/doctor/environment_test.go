package doctor_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

var environmentTroubles = []trouble{
	{"a temporary key that was pasted without its token", "session-token-missing", "set AWS_SESSION_TOKEN",
		func(w *world) { w.variables(w.login()); w.unset("AWS_SESSION_TOKEN") },
		func(w *world) { w.variables(w.login()) }},
	{"a token that was cut short", "token-cut-short", "copy",
		func(w *world) { w.variables(w.login()); w.env["AWS_SESSION_TOKEN"] = w.env["AWS_SESSION_TOKEN"][:101] },
		func(w *world) { w.variables(w.login()) }},
	{"a token that was cut where its form does not tell", "token-invalid", "get new ones",
		func(w *world) { w.variables(w.login()); w.env["AWS_SESSION_TOKEN"] = w.env["AWS_SESSION_TOKEN"][:120] },
		func(w *world) { w.variables(w.login()) }},
	{"a space behind a value", "value-has-space", "set it again without any",
		func(w *world) { w.variables(w.login()); w.env["AWS_SECRET_ACCESS_KEY"] += " " },
		func(w *world) { w.env["AWS_SECRET_ACCESS_KEY"] = w.env["AWS_SECRET_ACCESS_KEY"][:40] }},
	{"an expiration that is past", "expired", "get new ones",
		func(w *world) { w.variables(w.login()); w.env["AWS_CREDENTIAL_EXPIRATION"] = "2026-03-04T00:00:00Z" },
		func(w *world) { w.variables(w.login()); w.unset("AWS_CREDENTIAL_EXPIRATION") }},
	{"a session that has expired, as AWS says", "expired", "get new ones",
		func(w *world) {
			w.aws.SetSessionLifetime(2 * time.Minute)
			w.variables(w.login())
			w.pass(5 * time.Minute)
		},
		func(w *world) { w.aws.SetSessionLifetime(0); w.variables(w.login()) }},
	{"a key that AWS does not know", "key-unknown", "get new ones",
		func(w *world) {
			w.variables(aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: w.alice.SecretAccessKey})
		},
		(*world).unsetCredentials},
	{"another key's secret", "signature-wrong", "get new ones",
		func(w *world) {
			w.variables(aws.Credentials{AccessKeyID: w.alice.AccessKeyID, SecretAccessKey: w.aws.AddUser("bob").SecretAccessKey})
		},
		(*world).unsetCredentials},
	{"variables beside AWS_PROFILE", "profile-hidden-by-variables", "unset AWS_ACCESS_KEY_ID",
		func(w *world) { w.variables(w.login()); w.env["AWS_PROFILE"] = "work" },
		(*world).unsetCredentials},
	{"no region", "region-missing", "export AWS_REGION=",
		func(w *world) { w.configure("", "region = eu-west-1\n", ""); w.env["AWS_PROFILE"] = "work" },
		func(w *world) { w.env["AWS_REGION"] = "eu-west-1" }},
	{"AWS_PROFILE of no profile", "profile-variable-names-nothing", `did you mean "work"?`,
		func(w *world) { w.env["AWS_PROFILE"], w.env["AWS_REGION"] = "wrok", "eu-west-1" },
		func(w *world) { w.env["AWS_PROFILE"] = "work" }},
	{"AWS_DEFAULT_PROFILE of no profile", "profile-variable-names-nothing", "unset AWS_DEFAULT_PROFILE",
		func(w *world) { w.env["AWS_DEFAULT_PROFILE"], w.env["AWS_REGION"] = "other", "eu-west-1" },
		func(w *world) { w.unset("AWS_DEFAULT_PROFILE") }},
	{"AWS_SECURITY_TOKEN of another key", "old-security-token", "unset AWS_SECURITY_TOKEN",
		func(w *world) { w.variables(w.login()); w.env["AWS_SECURITY_TOKEN"] = w.login().SessionToken },
		func(w *world) { w.unset("AWS_SECURITY_TOKEN") }},
	{"a local endpoint that is down", "endpoint-silent", "unset AWS_ENDPOINT_URL_DYNAMODB",
		func(w *world) { w.env["AWS_ENDPOINT_URL_DYNAMODB"] = "http://" + silent(w); w.offline = true },
		func(w *world) { w.unset("AWS_ENDPOINT_URL_DYNAMODB") }},
	{"an endpoint that is none", "endpoint-form", "write a host with http://",
		func(w *world) { w.env["DYNAMODB_ENDPOINT_URL"] = "localhost:8000" },
		func(w *world) { w.env["DYNAMODB_ENDPOINT_URL"] = w.aws.URL() }},
	{"a variable that AWS can't be reached with", "client-wrong", "it must be true or false",
		func(w *world) { w.env["AWS_USE_FIPS_ENDPOINT"] = "perhaps" },
		func(w *world) { w.env["AWS_USE_FIPS_ENDPOINT"] = "false" }},
}

// silent is an address at which nobody listens any more.
func silent(w *world) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// fresh writes a sound .env file.
func fresh(w *world) {
	c := w.login()
	w.file = w.write("app/.env.local", "AWS_ACCESS_KEY_ID="+c.AccessKeyID+"\nAWS_SECRET_ACCESS_KEY="+c.SecretAccessKey+"\nAWS_SESSION_TOKEN="+c.SessionToken+"\nAWS_REGION=eu-west-1\n")
}

func edit(w *world, more string) {
	text, err := os.ReadFile(w.file)
	if err != nil {
		w.Fatal(err)
	}
	w.write("app/.env.local", string(text)+more)
}

func git(w *world, args ...string) {
	w.Helper()
	cmd := exec.Command("git", append([]string{"-C", filepath.Join(w.home, "app")}, args...)...)
	cmd.Env = w.environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		w.Skipf("git: %v: %s", err, out)
	}
}

var fileTroubles = []trouble{
	{"no file", "file-missing", "make it: awsmint export work --file",
		func(w *world) { w.file = filepath.Join(w.home, "app", ".env.local") }, fresh},
	{"a directory for a file", "file-unreadable", "",
		func(w *world) { w.file = w.home }, func(w *world) { w.file = "" }},
	{"a file with half a key", "session-token-missing", "set AWS_SESSION_TOKEN",
		func(w *world) { fresh(w); edit(w, "AWS_SESSION_TOKEN=\n") }, fresh},
	{"a file with a session that has expired", "expired", "run: awsmint export work --file",
		func(w *world) {
			w.aws.SetSessionLifetime(2 * time.Minute)
			fresh(w)
			w.pass(5 * time.Minute)
		},
		func(w *world) { w.aws.SetSessionLifetime(0); fresh(w) }},
	{"a file without a region", "region-missing", "add the line AWS_REGION=",
		func(w *world) { fresh(w); edit(w, "AWS_REGION=\n") }, func(w *world) { edit(w, "AWS_REGION=eu-west-1\n") }},
	{"a file with a local endpoint that is down", "endpoint-silent", "unset DYNAMODB_ENDPOINT_URL",
		func(w *world) {
			fresh(w)
			edit(w, "USE_LOCAL_DYNAMODB=true\nDYNAMODB_ENDPOINT_URL=http://"+silent(w)+"\n")
		},
		func(w *world) { edit(w, "USE_LOCAL_DYNAMODB=\nDYNAMODB_ENDPOINT_URL=\n") }},
	{"a file that git tracks", "file-tracked", "rm --cached .env.local",
		func(w *world) { fresh(w); git(w, "init", "-q"); git(w, "add", ".env.local") },
		func(w *world) {
			git(w, "rm", "-q", "--cached", ".env.local")
			w.write("app/.gitignore", ".env.local\n")
		}},
	{"a git that does not answer", "git-unknown", "see what `git status` says there",
		func(w *world) {
			fresh(w)
			program := w.write("bin/git", "#!/bin/sh\necho fatal: detected dubious ownership >&2\nexit 128\n")
			if err := os.Chmod(program, 0o700); err != nil {
				w.Fatal(err)
			}
			w.Setenv("PATH", filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
		},
		func(w *world) {
			if err := os.Remove(filepath.Join(w.home, "bin", "git")); err != nil {
				w.Fatal(err)
			}
		}},
	{"a file that git does not ignore", "file-not-ignored", "run: echo .env.local >> ",
		func(w *world) { fresh(w); git(w, "init", "-q") },
		func(w *world) { w.write("app/.gitignore", ".env.local\n") }},
}
