package keychain

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// show lets cmp look into secrets.
var show = cmp.Comparer(func(a, b secret.String) bool { return a == b })

func TestValuesAreOurOwnJSON(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 890, time.FixedZone("", 3600))
	for _, c := range []struct{ got, want string }{
		{EncodeKey(Key{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: secret.New("s/+="), CreatedAt: at}).Reveal(),
			`{"version":1,"access_key_id":"AKIAEXAMPLE","secret_access_key":"s/+=","created_at":"2026-03-04T04:06:07Z"}`},
		{EncodeKey(Key{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: secret.New("s")}).Reveal(),
			`{"version":1,"access_key_id":"AKIAEXAMPLE","secret_access_key":"s"}`},
		{EncodeSeed(Seed{Secret: secret.New("JBSWY3DPEHPK3PXP")}).Reveal(), `{"version":1,"secret":"JBSWY3DPEHPK3PXP"}`},
		{EncodeSeed(Seed{Secret: secret.New("JBSWY3DPEHPK3PXP"), Serial: "arn:aws:iam::111122223333:mfa/phone"}).Reveal(),
			`{"version":1,"secret":"JBSWY3DPEHPK3PXP","serial":"arn:aws:iam::111122223333:mfa/phone"}`},
		{EncodeDataKey(secret.New(strings.Repeat("\x00", 32))).Reveal(),
			`{"version":1,"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`},
	} {
		if c.got != c.want {
			t.Errorf("got  %s\nwant %s", c.got, c.want)
		}
	}
}

func TestDecodersSayWhatIsWrong(t *testing.T) {
	decoders := map[string]func(string) error{
		"the stored access key": func(s string) error { _, err := DecodeKey(secret.New(s)); return err },
		"the stored TOTP seed":  func(s string) error { _, err := DecodeSeed(secret.New(s)); return err },
		"the cache's data key":  func(s string) error { _, err := DecodeDataKey(secret.New(s)); return err },
	}
	for what, decode := range decoders {
		for text, want := range map[string]string{
			"":               "not one of awsmint's values",
			"wJalrXUtnFEMI":  "not one of awsmint's values",
			`{"version":1,`:  "not one of awsmint's values",
			`{"version":1}x`: "not one of awsmint's values",
			`{"version":1,"secret":7,"access_key_id":7,"key":7}`: "not one of awsmint's values",
			`{"version":2,"secret":"s"}`:                         "another version",
			`{"secret":"s"}`:                                     "another version",
			`{"version":1}`:                                      "incomplete",
			`{"version":1,"secret":"","access_key_id":"AKIA","key":"AAAA"}`: "incomplete",
		} {
			wantFault(t, decode(text), nil, fault.Keychain, what+" ", want)
		}
	}
}

// FuzzDecode: no input makes a decoder panic, its errors are made of constant
// words and so hold none of the input, and what it accepts is encoded and
// decoded to the same.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":1,"access_key_id":"AKIA","secret_access_key":"s","created_at":"2026-03-04T04:06:07Z"}`))
	f.Add([]byte(`{"version":1,"access_key_id":"AKIA","secret_access_key":"s","rotation":{"step":"pending","began":-1,"known":[],"pending":{"access_key_id":"A","created_at":0},"retiring":{}}}`))
	f.Add([]byte(`{"version":1,"secret":"JBSWY3DPEHPK3PXP"}`))
	f.Add([]byte(`{"version":1,"secret":"JBSWY3DPEHPK3PXP","serial":"arn:aws:iam::111122223333:mfa/phone"}`))
	f.Add([]byte(`{"version":1,"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`))
	f.Add([]byte(`{"version":99999999999999999999}`))
	f.Fuzz(func(t *testing.T, input []byte) {
		value := secret.New(string(input))
		key, err := DecodeKey(value)
		wantConstant(t, err)
		if err == nil && key.CreatedAt.UTC().Year() <= 9999 { // RFC 3339 writes no later one
			key.CreatedAt = key.CreatedAt.UTC().Truncate(time.Second)
			again, err := DecodeKey(EncodeKey(key))
			if diff := cmp.Diff(key, again, show); diff != "" || err != nil {
				t.Errorf("a key changed: %v %s", err, diff)
			}
		}
		seed, err := DecodeSeed(value)
		wantConstant(t, err)
		if again, _ := DecodeSeed(EncodeSeed(seed)); err == nil && again != seed {
			t.Error("a seed changed")
		}
		dataKey, err := DecodeDataKey(value)
		wantConstant(t, err)
		if again, _ := DecodeDataKey(EncodeDataKey(dataKey)); err == nil && again != dataKey {
			t.Error("a data key changed")
		}
	})
}

// FuzzEncode: what is encoded is decoded to the same.
func FuzzEncode(f *testing.F) {
	f.Add("AKIAEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", int64(1_800_000_000), bytes.Repeat([]byte{0xff}, 32))
	f.Add("<&>\u2028", "\x00\"\\", int64(0), []byte{})
	f.Fuzz(func(t *testing.T, id, text string, unix int64, raw []byte) {
		const year9999 = 253402300799 // the last second that RFC 3339 can write
		if id == "" || text == "" || !utf8.ValidString(id) || !utf8.ValidString(text) || unix < 0 || unix > year9999 {
			t.Skip("not a value that is ever stored")
		}
		key := Key{AccessKeyID: id, SecretAccessKey: secret.New(text), CreatedAt: time.Unix(unix, 0)}
		gotKey, err := DecodeKey(EncodeKey(key))
		if diff := cmp.Diff(key, gotKey, show); diff != "" || err != nil {
			t.Errorf("a key changed: %v %s", err, diff)
		}
		seed, err := DecodeSeed(EncodeSeed(Seed{Secret: secret.New(text), Serial: id}))
		if seed.Secret.Reveal() != text || seed.Serial != id || err != nil {
			t.Errorf("a seed changed: %v", err)
		}
		dataKey, err := DecodeDataKey(EncodeDataKey(secret.New(string(raw))))
		if (err == nil) != (len(raw) == dataKeySize) || err == nil && dataKey.Reveal() != string(raw) {
			t.Errorf("a data key of %d bytes changed: %v", len(raw), err)
		}
	})
}

// wantConstant checks err against all the texts that a decoder has.
func wantConstant(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	text := err.Error() + "\n" + fault.HintOf(err)
	for _, what := range []string{"the stored access key", "the stored TOTP seed", "the cache's data key"} {
		for _, wrong := range []string{" is not one of awsmint's values", " has a format of another version", " is incomplete"} {
			for _, again := range []string{"store the key again: awsmint add --force PROFILE", "store the seed again: awsmint mfa add --force PROFILE", "make a new one: awsmint logout --all"} {
				for _, newer := range []string{"", "a newer awsmint may have written it: use that version, or "} {
					if text == what+wrong+"\n"+newer+again {
						return
					}
				}
			}
		}
	}
	t.Errorf("this may hold some of the value: %q", text)
}

func TestNewDataKey(t *testing.T) {
	source := bytes.Repeat([]byte{1, 2}, 40)
	key, err := NewDataKey(bytes.NewReader(source))
	if err != nil || key.Reveal() != string(source[:32]) {
		t.Errorf("not the first 32 bytes of the source: %v", err)
	}
	if _, err := NewDataKey(bytes.NewReader(source[:31])); err == nil {
		t.Error("a key was made of too little randomness")
	}
	one, err1 := NewDataKey(nil)
	two, err2 := NewDataKey(nil)
	if one == two || one.Len() != 32 || err1 != nil || err2 != nil {
		t.Error("crypto/rand does not make the key")
	}
}
