package doctor_test

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
)

// another gives alice a second key, which nobody has ever used.
func another(w *world) keychain.Key {
	w.Helper()
	key, err := w.aws.AddAccessKey("alice")
	if err != nil {
		w.Fatal(err)
	}
	w.aws.SetKeyHistory(key.ID, w.clock().Add(-long), time.Time{})
	return keychain.Key{AccessKeyID: key.ID, SecretAccessKey: secret.New(key.Secret)}
}

// one takes alice's other keys away.
func one(w *world) {
	for _, key := range w.aws.AccessKeys("alice") {
		if key.ID != w.alice.AccessKeyID {
			w.aws.RemoveAccessKey(key.ID)
		}
	}
}

func old(w *world)   { w.aws.SetKeyHistory(w.alice.AccessKeyID, w.clock().Add(-long), w.clock()) }
func young(w *world) { w.aws.SetKeyHistory(w.alice.AccessKeyID, w.clock(), w.clock()) }

// permanent has the key itself stand in the environment.
func permanent(w *world) {
	w.variables(aws.Credentials{AccessKeyID: w.alice.AccessKeyID, SecretAccessKey: w.alice.SecretAccessKey})
	w.profile = "none"
	w.configure("[profile none]\nregion = eu-west-1\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n")
}

func permanentFile(w *world) {
	permanent(w)
	w.unsetCredentials()
	w.file = w.write(".env", "AWS_ACCESS_KEY_ID="+w.alice.AccessKeyID+"\nAWS_SECRET_ACCESS_KEY="+w.alice.SecretAccessKey+"\nAWS_REGION=eu-west-1\n")
}

// keyTroubles are of the age and the number of keys, wherever they stand.
var keyTroubles = []trouble{
	{"a key that AWS made long ago", "key-old", "run: awsmint rotate work", old, young},
	{"a key in plain text that AWS made long ago", "key-in-plain-text key-old", "run: awsmint import work, then: awsmint rotate work",
		func(w *world) { plain(w); old(w) },
		func(w *world) { young(w); w.write(".aws/credentials", ""); sound(w) }},
	{"a key in the environment that AWS made long ago", "key-old", "run: awsmint add PROFILE --from-env, then: awsmint rotate PROFILE",
		func(w *world) { permanent(w); old(w) }, young},
	{"a key in a .env file that AWS made long ago", "key-old", "run: awsmint import PROFILE --env-file ",
		func(w *world) { permanentFile(w); old(w) }, young},
	{"a second key that nobody uses", "second-key", "run: awsmint rotate work --delete-oldest-unused", func(w *world) { another(w) }, one},
	{"a second key that another profile has", "second-key", `take it out of profile "ci"`,
		func(w *world) {
			w.configure("[profile ci]\nregion = eu-west-1\ncredential_process = " + w.line("ci") + "\n")
			w.keys.items[keychain.KeyAccount("ci")] = keychain.EncodeKey(another(w))
		},
		func(w *world) { delete(w.keys.items, keychain.KeyAccount("ci")); one(w) }},
	{"a second key that another profile's rotation has made", "second-key", "finish the rotation of profile \"ci\", which it belongs to: awsmint rotate ci",
		func(w *world) {
			w.configure("[profile ci]\nregion = eu-west-1\ncredential_process = " + w.line("ci") + "\n")
			made, key := another(w), w.key()
			key.Rotation = &keychain.Rotation{Step: keychain.RotationPending, Pending: keychain.KeyPair{AccessKeyID: made.AccessKeyID, SecretAccessKey: made.SecretAccessKey}}
			w.keys.items[keychain.KeyAccount("ci")] = keychain.EncodeKey(key)
		},
		func(w *world) { delete(w.keys.items, keychain.KeyAccount("ci")); one(w) }},
	{"a second key that is in use", "second-key", "find out who uses it",
		func(w *world) {
			another(w)
			for _, key := range w.aws.AccessKeys("alice") {
				w.aws.SetKeyHistory(key.ID, w.clock(), w.clock())
			}
		}, one},
	{"a second key beside one in plain text", "key-in-plain-text second-key", "run: awsmint import work, then: awsmint rotate work --delete-oldest-unused",
		func(w *world) { plain(w); another(w) },
		func(w *world) { one(w); w.write(".aws/credentials", ""); sound(w) }},
	{"a second key beside one in the environment", "second-key", "delete it in the IAM console",
		func(w *world) { permanent(w); another(w) }, one},
	{"a key in plain text that was disabled, which another profile's session tells", "key-in-plain-text key-unknown", "then run: awsmint import work",
		func(w *world) { plain(w); w.aws.DisableKey(w.alice.AccessKeyID) },
		func(w *world) { w.aws.EnableKey(w.alice.AccessKeyID); w.write(".aws/credentials", ""); sound(w) }},
	{"a temporary key in plain text that AWS does not take", "token-invalid", "get new ones",
		func(w *world) { temporary(w, goodToken) },
		func(w *world) { temporary(w, w.login().SessionToken) }},
}

// temporary has a session stand in plain text in a profile of its own.
func temporary(w *world, token string) {
	c := w.login()
	if token != goodToken {
		token = c.SessionToken
	}
	w.profile = "tmp"
	w.write(".aws/credentials", strings.NewReplacer("ID", c.AccessKeyID, "SECRET", c.SecretAccessKey, "TOKEN", token).
		Replace("[tmp]\naws_access_key_id = ID\naws_secret_access_key = SECRET\naws_session_token = TOKEN\n"))
}
