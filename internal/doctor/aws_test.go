package doctor_test

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
)

// answers has AWS answer who a key belongs to with an error.
func answers(name, id, code string) trouble {
	return trouble{name, id, "",
		func(w *world) { w.aws.Inject(ststest.Fault{Action: "GetCallerIdentity", Code: code, Message: "no"}) },
		func(w *world) { w.aws.Reset() }}
}

var awsTroubles = []trouble{
	{"a clock that is 20 minutes behind", "clock-off", "set the clock right",
		func(w *world) { w.aws.SetSkew(20 * time.Minute) }, func(w *world) { w.aws.SetSkew(0) }},
	{"a clock that is 20 minutes ahead", "clock-off", "set the clock right",
		func(w *world) { w.aws.SetSkew(-20 * time.Minute) }, func(w *world) { w.aws.SetSkew(0) }},
	{"a clock that is 2 minutes off", "clock-off", "set the clock right",
		func(w *world) { w.aws.SetSkew(2 * time.Minute) }, func(w *world) { w.aws.SetSkew(0) }},
	{"a key that was deleted", "key-unknown", "awsmint add work --force",
		func(w *world) {
			key := w.key()
			key.AccessKeyID = "AKIAIOSFODNN7EXAMPLE"
			w.store(key)
		},
		func(w *world) { w.store(w.key()) }},
	{"a key that was disabled, which the cached session tells", "key-disabled key-unknown", "activate it in the IAM console",
		func(w *world) { w.login(); w.aws.DisableKey(w.alice.AccessKeyID) },
		func(w *world) { w.aws.EnableKey(w.alice.AccessKeyID) }},
	{"another key's secret in the keychain", "signature-wrong", "awsmint add work --force",
		func(w *world) {
			key := w.key()
			key.SecretAccessKey = secret.New(w.aws.AddUser("bob").SecretAccessKey)
			w.store(key)
		},
		func(w *world) { w.store(w.key()) }},
	answers("STS turned off in the region", "region-disabled", "RegionDisabledException"),
	answers("a policy against everything", "access-denied", "AccessDenied"),
	answers("an error of AWS's that nobody knows", "aws-refused", "Whatever"),
	answers("an AWS that fails", "aws-unreachable", "ServiceUnavailable"),
	{"a CA bundle that is not there", "aws-failed", "check AWS_CA_BUNDLE",
		func(w *world) { w.env["AWS_CA_BUNDLE"] = "/nonexistent.pem" }, func(w *world) { w.unset("AWS_CA_BUNDLE") }},
	{"a cached session that AWS says has expired", "clock-off session-expired", "awsmint login work --force",
		func(w *world) {
			w.aws.SetSessionLifetime(5 * time.Minute)
			w.login()
			w.aws.SetSkew(w.shift + 10*time.Minute)
		},
		func(w *world) { w.aws.SetSessionLifetime(0); w.login() }},
	{"a cached session that AWS does not take", "session-invalid", "awsmint login work --force",
		func(w *world) { w.keep("nonsense") }, func(w *world) { w.login() }},
	{"a user without a device", "mfa-none", "run: awsmint mfa enroll work",
		func(w *world) { w.configure("", "awsmint_mfa_serial", "#"); w.deactivate() },
		func(w *world) { // a user with one
			w.alice = w.aws.AddUser("carol")
			w.store(w.key())
			w.keys.items[keychain.SeedAccount("work")] = keychain.EncodeSeed(keychain.Seed{Secret: secret.New(w.alice.Seed)})
			w.configure("")
		}},
	{"a device that is not set", "mfa-not-set", "set awsmint_mfa_serial = arn:aws:iam::111122223333:mfa/alice",
		func(w *world) { w.configure("", "awsmint_mfa_serial", "#") }, sound},
	{"a device that the user has not", "mfa-device-unknown", "the one that the user has: arn:aws:iam::111122223333:mfa/alice",
		func(w *world) { w.configure("", ":mfa/alice", ":mfa/alcie") }, sound},
	{"no way to a code, and no session", "mfa-no-way", "in a terminal: awsmint login work",
		func(w *world) { delete(w.keys.items, keychain.SeedAccount("work")) },
		func(w *world) {
			seed := keychain.EncodeSeed(keychain.Seed{Secret: secret.New(w.alice.Seed)})
			w.keys.items[keychain.SeedAccount("work")] = seed
			w.login()
			delete(w.keys.items, keychain.SeedAccount("work"))
		}},
	{"a seed of another device", "mfa-no-way mfa-seed-other", "awsmint mfa add work --force",
		func(w *world) { w.seedOf("arn:aws:iam::111122223333:mfa/old") }, func(w *world) { w.seedOf(w.alice.MFASerial) }},
	{"no way to a code", "mfa-no-way", "awsmint mfa add work",
		func(w *world) { delete(w.keys.items, keychain.SeedAccount("work")) },
		func(w *world) {
			w.keys.items[keychain.SeedAccount("work")] = keychain.EncodeSeed(keychain.Seed{Secret: secret.New(w.alice.Seed)})
		}},
}

// seedOf stores alice's seed as that of a device.
func (w *world) seedOf(serial string) {
	w.keys.items[keychain.SeedAccount("work")] = keychain.EncodeSeed(keychain.Seed{Secret: secret.New(w.alice.Seed), Serial: serial})
}

// deactivate takes alice's device from her.
func (w *world) deactivate() {
	w.Helper()
	client := iam.New(iam.Options{Region: "us-east-1", BaseEndpoint: aws.String(w.aws.URL()), Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: w.alice.AccessKeyID, SecretAccessKey: w.alice.SecretAccessKey}, nil
	})})
	if _, err := client.DeactivateMFADevice(context.Background(), &iam.DeactivateMFADeviceInput{UserName: aws.String("alice"), SerialNumber: &w.alice.MFASerial}); err != nil {
		w.Fatal(err)
	}
}
