package doctor_test

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

func sound(w *world) { w.configure("") }

var profileTroubles = []trouble{
	{"a profile that is not there", "profile-missing", `did you mean "work"?`,
		func(w *world) { w.profile = "wokr" }, func(w *world) { w.profile = "work" }},
	{"a config with a line before any section", "config-broken profile-broken", "",
		func(w *world) { w.configure("what is this\n") }, sound},
	{"a config that can't be read", "config-unreadable profile-missing", "",
		func(w *world) { w.write(".aws/config", "[profile work\n") }, sound},
	{"a stale key that shadows the profile", "static-key-shadows", "delete aws_access_key_id",
		func(w *world) {
			w.write(".aws/credentials", "[work]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = "+strings.Repeat("a", 40)+"\n")
		},
		func(w *world) { w.write(".aws/credentials", "") }},
	{"a plaintext key that was cut", "secret-length static-key-shadows", "",
		func(w *world) {
			w.write(".aws/credentials", "[work]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = abc\n")
		},
		func(w *world) { w.write(".aws/credentials", "") }},
	{"IAM Identity Center beside credential_process", "sso-beside-process", "delete sso_start_url, sso_region, sso_account_id, sso_role_name",
		func(w *world) {
			w.configure("sso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n")
		}, sound},
	{"mfa_serial beside credential_process", "mfa-serial-beside-process", "put awsmint_ in front of mfa_serial",
		func(w *world) { w.configure("", "awsmint_mfa_serial", "mfa_serial") }, sound},
	{"a role beside credential_process", "role-beside-process source-beside-process", "put awsmint_ in front of role_arn",
		func(w *world) { w.configure(role(w, "")); w.profile = "prod" },
		func(w *world) { w.configure(role(w, "awsmint_")) }},
	{"a profile that SDKs don't come to awsmint for", "profile-unreached", "add the line: credential_process = ",
		func(w *world) { w.configure("", "credential_process", "#") }, sound},
	{"a setting that is misspelt", "setting-unknown", `did you mean "awsmint_duration"?`,
		func(w *world) { w.configure("awsmint_duratoin = 8h\n") }, func(w *world) { w.configure("awsmint_duration = 8h\n") }},
	{"a serial with :user/", "mfa-serial-form", "arn:aws:iam::ACCOUNT:mfa/NAME",
		func(w *world) { w.configure("", ":mfa/", ":user/") }, sound},
	{"a session of fifteen minutes", "duration-wrong", "use at least 30m",
		func(w *world) { w.configure("awsmint_duration = 900\n") }, func(w *world) { w.configure("awsmint_duration = 1800\n") }},
	{"a window as long as the session", "window-wrong", "leave awsmint_expiry_window out",
		func(w *world) { w.configure("awsmint_expiry_window = 12h\n") }, sound},
	{"a window below the SDKs'", "window-short", "set it to 15m or more",
		func(w *world) { w.configure("awsmint_expiry_window = 5m\n") }, func(w *world) { w.configure("awsmint_expiry_window = 15m\n") }},
	{"a duration where nobody is asked for one", "duration-ignored", "take awsmint_duration out",
		func(w *world) { w.configure("awsmint_session = off\nawsmint_duration = 8h\n") }, func(w *world) { w.configure("awsmint_session = off\n") }},
	{"a setting of another kind", "setting-wrong", "it must be on (the default) or off",
		func(w *world) { w.configure("awsmint_session = maybe\n") }, func(w *world) { w.configure("awsmint_session = on\n") }},
	{"half a key in plain text", "secret-missing", "set aws_secret_access_key",
		func(w *world) {
			w.configure("[profile half]\nregion = eu-west-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n")
			w.profile = "half"
		},
		func(w *world) {
			w.configure("", "profile work", "profile half", w.line("work"), w.line("half"))
			for from, to := range map[string]string{keychain.KeyAccount("work"): keychain.KeyAccount("half"), keychain.SeedAccount("work"): keychain.SeedAccount("half")} {
				w.keys.items[to] = w.keys.items[from]
			}
		}},
	{"a key in plain text", "key-in-plain-text", "run: awsmint import work", plain,
		func(w *world) { w.write(".aws/credentials", ""); sound(w) }},
	{"a role from a key in plain text", "key-in-plain-text", "run: awsmint import work",
		func(w *world) {
			plain(w)
			w.write(".aws/config", w.read(".aws/config")+role(w, "awsmint_"))
			w.profile = "prod"
		},
		func(w *world) { w.write(".aws/credentials", ""); w.configure(role(w, "awsmint_")) }},
	{"a key in plain text that was deleted", "key-in-plain-text key-unknown", "then run: awsmint import work",
		func(w *world) { plain(w); w.aws.RemoveAccessKey(w.alice.AccessKeyID) },
		func(w *world) {
			key, err := w.aws.AddAccessKey("alice")
			if err != nil {
				w.Fatal(err)
			}
			w.alice.AccessKeyID, w.alice.SecretAccessKey = key.ID, key.Secret
			w.store(w.key())
			w.write(".aws/credentials", "")
			sound(w)
		}},
	{"another key's secret in plain text", "key-in-plain-text signature-wrong", "then run: awsmint import work",
		func(w *world) {
			plain(w)
			w.write(".aws/credentials", strings.Replace(w.read(".aws/credentials"), w.alice.SecretAccessKey, w.aws.AddUser("bob").SecretAccessKey, 1))
		},
		func(w *world) { w.write(".aws/credentials", ""); sound(w) }},
	{"profiles that are each other's source", "source-circle", "give the last profile of the chain credentials of its own",
		func(w *world) {
			w.configure("[profile a]\nrole_arn = " + admin + "\nsource_profile = b\n[profile b]\nrole_arn = " + admin + "\nsource_profile = a\n")
			w.profile = "a"
		},
		func(w *world) {
			w.configure("[profile a]\nrole_arn = " + admin + "\nsource_profile = b\n[profile b]\nrole_arn = " + admin + "\nsource_profile = work\n")
		}},
	{"a source that is not there", "source-missing", `did you mean "work"?`,
		func(w *world) {
			w.configure("[profile a]\nrole_arn = " + admin + "\nsource_profile = wrok\n")
			w.profile = "a"
		},
		func(w *world) { w.configure("[profile a]\nrole_arn = " + admin + "\nsource_profile = work\n") }},
	{"a line whose program is gone", "process-missing", "write: credential_process = ",
		func(w *world) { w.configure("", w.line("work"), "/opt/gone/awsmint process work") }, sound},
	{"a line whose program can't be run", "process-missing", "write: credential_process = ",
		func(w *world) { w.configure("", w.line("work"), w.write("awsmint", "")+" process work") }, sound},
	{"a line with another awsmint", "process-other", "write: credential_process = ",
		func(w *world) {
			path := w.write("other/awsmint", "#!/bin/sh\n")
			if err := os.Chmod(path, 0o700); err != nil {
				w.Fatal(err)
			}
			w.configure("", w.line("work"), path+" process work")
		}, sound},
	{"a line without a folder", "process-path", "write: credential_process = ",
		func(w *world) {
			w.Setenv("PATH", filepath.Join(w.home, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
			w.configure("", w.line("work"), "awsmint process work")
		}, sound},
	{"a line that SDKs read in different ways", "process-line-ambiguous", "write: credential_process = ",
		func(w *world) {
			w.configure("", w.line("work"), "'"+filepath.Join(w.home, "bin", "awsmint")+"' process work")
		}, sound},
	{"a line that nobody can take apart", "process-line-ambiguous setting-wrong", "correct the path",
		func(w *world) { w.configure("", w.line("work"), `"`+w.line("work")) }, sound},
	{"a line for another profile", "process-other-profile", "write: credential_process = ",
		func(w *world) {
			w.configure("[profile dev]\nregion = eu-west-1\ncredential_process = " + w.line("work") + "\n")
			w.profile = "dev"
		},
		func(w *world) {
			w.configure("[profile dev]\nregion = eu-west-1\ncredential_process = " + w.line("dev") + "\nawsmint_role_arn = " + admin + "\nawsmint_source_profile = work\n")
		}},
	{"a line for a profile that gives no session", "process-other-profile profile-wrong", "take awsmint_session out of the profile",
		func(w *world) {
			w.configure("awsmint_session = off\n[profile dev]\nregion = eu-west-1\ncredential_process = " + w.line("work") + "\n")
			w.profile = "dev"
		},
		func(w *world) { w.configure(""); w.profile = "work" }},
	{"credentials that are too large", "credentials-large", "shorter session policies",
		func(w *world) { w.keep(strings.Repeat("x", 9000)); w.offline = true },
		func(w *world) { w.login() }},
}

const admin = "arn:aws:iam::111122223333:role/Admin"

// plain has the key stand in plain text, in a profile that does not run awsmint.
func plain(w *world) {
	w.configure("", "credential_process", "#", "awsmint_mfa_serial", "mfa_serial", "awsmint_mfa = totp", "")
	w.write(".aws/credentials", "[work]\naws_access_key_id = "+w.alice.AccessKeyID+"\naws_secret_access_key = "+w.alice.SecretAccessKey+"\n")
}

func role(w *world, prefix string) string {
	return "[profile prod]\nregion = eu-west-1\ncredential_process = " + w.line("prod") + "\n" + prefix + "role_arn = " + admin + "\n" + prefix + "source_profile = work\n"
}

// keep puts a session into the cache that AWS has not made.
func (w *world) keep(token string) {
	w.Helper()
	w.login() // makes the cache's key
	config, err := awsconfig.Load(w.paths())
	if err != nil {
		w.Fatal(err)
	}
	link, err := provider.Resolve(config, w.getenv, provider.Request{Profile: "work"})
	if err != nil {
		w.Fatal(err)
	}
	key, err := keychain.DecodeDataKey(w.keys.items[keychain.CacheKeyAccount])
	if err != nil {
		w.Fatal(err)
	}
	c := &cache.Cache{Dir: w.cache, Now: w.clock}
	times := cache.Times{Issued: w.clock(), Expires: w.clock().Add(12 * time.Hour)}
	plain := `{"access_key_id":"ASIAIOSFODNN7EXAMPLE","secret_access_key":"` + strings.Repeat("a", 40) + `","session_token":"` + token + `"}`
	if err := c.Store(provider.Name(link), c.Generation(provider.Scope("work")), key, times, []byte(plain)); err != nil {
		w.Fatal(err)
	}
}
