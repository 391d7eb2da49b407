package keychain

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/secret"
)

func TestRotationIsKeptWithTheKey(t *testing.T) {
	began := time.Date(2026, 3, 4, 5, 6, 7, 890, time.FixedZone("", 3600))
	pair := KeyPair{AccessKeyID: "AKIANEW", SecretAccessKey: secret.New("n/+="), CreatedAt: began}
	for _, test := range []struct {
		name     string
		rotation *Rotation
		want     string
	}{
		{"none", nil, ``},
		{"creating", &Rotation{Step: RotationCreating, Began: began, Attempts: []Attempt{
			{From: time.Unix(1772597168, 0).UTC(), Until: time.Unix(1772597198, 0).UTC(), Known: []string{"AKIAOLD"}}, {From: time.Unix(1, 0).UTC(), Until: time.Unix(2, 0).UTC()}}},
			`,"rotation":{"step":"creating","began":1772597167,"attempts":[{"from":1772597168,"until":1772597198,"known":["AKIAOLD"]},{"from":1,"until":2}]}`},
		{"pending", &Rotation{Step: RotationPending, Pending: pair, Published: []string{"ab12"}},
			`,"rotation":{"step":"pending","pending":{"access_key_id":"AKIANEW","secret_access_key":"n/+=","created_at":1772597167},"published":["ab12"]}`},
		{"switched", &Rotation{Step: RotationSwitched, Retiring: KeyPair{AccessKeyID: "AKIA", SecretAccessKey: secret.New("s")}},
			`,"rotation":{"step":"switched","retiring":{"access_key_id":"AKIA","secret_access_key":"s"}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			key := Key{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: secret.New("s"), Rotation: test.rotation}
			value := EncodeKey(key)
			if got, want := value.Reveal(), `{"version":1,"access_key_id":"AKIAEXAMPLE","secret_access_key":"s"`+test.want+`}`; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if test.rotation != nil {
				test.rotation.Began = test.rotation.Began.Truncate(time.Second)
				test.rotation.Pending.CreatedAt = test.rotation.Pending.CreatedAt.Truncate(time.Second)
			}
			got, err := DecodeKey(value)
			if diff := cmp.Diff(key, got, show); diff != "" || err != nil {
				t.Errorf("it changed: %v %s", err, diff)
			}
		})
	}
}

// What earlier versions wrote has no rotation, and what a later one may write
// of it leaves the key in use readable.
func TestKeysOfOtherVersionsAreRead(t *testing.T) {
	for _, text := range []string{
		`{"version":1,"access_key_id":"AKIA","secret_access_key":"s"}`,
		`{"version":1,"access_key_id":"AKIA","secret_access_key":"s","rotation":null}`,
		`{"version":1,"access_key_id":"AKIA","secret_access_key":"s","rotation":{"step":"teleported","where":{}}}`,
	} {
		key, err := DecodeKey(secret.New(text))
		if err != nil || key.AccessKeyID != "AKIA" {
			t.Errorf("%s: %v", text, err)
		}
	}
}
