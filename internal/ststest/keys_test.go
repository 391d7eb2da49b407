package ststest_test

import (
	"encoding/base32"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
)

// decodeAccount is the rule that tools use to find the account in a key id.
func decodeAccount(t *testing.T, id string) string {
	t.Helper()
	b, err := base32.StdEncoding.DecodeString(id[4:])
	if err != nil {
		t.Fatal(err)
	}
	var z uint64
	for _, octet := range b[:6] {
		z = z<<8 | uint64(octet)
	}
	return fmt.Sprintf("%012d", (z&0x7fffffffff80)>>7)
}

func TestKeyIDsHoldTheirAccount(t *testing.T) {
	if got := decodeAccount(t, "ASIAY34FZKBOKMUTVV7A"); got != "609629065308" {
		t.Fatalf("the test's own rule is wrong: %s", got)
	}
	s := start(t, ststest.Options{})
	// The fifth character tells that an account is in it.
	form := regexp.MustCompile(`^AKIA[Q-Z2-7][A-Z2-7]{15}$`)
	seen := map[string]bool{}
	for i := range 200 {
		u := s.AddUser(fmt.Sprint("user-", i))
		if !form.MatchString(u.AccessKeyID) || decodeAccount(t, u.AccessKeyID) != ststest.AccountID {
			t.Errorf("%s does not hold the account", u.AccessKeyID)
		}
		for _, value := range []string{u.AccessKeyID, u.SecretAccessKey, u.Seed, u.UserID} {
			if seen[value] {
				t.Errorf("%q was made twice", value)
			}
			seen[value] = true
		}
	}
}

func TestAUserLooksLikeOneOfAWS(t *testing.T) {
	s := start(t, ststest.Options{})
	u := s.AddUser("alice")
	for value, form := range map[string]string{
		u.UserID:          `^AIDA[A-Z2-7]{17}$`,
		u.ARN:             `^arn:aws:iam::111122223333:user/alice$`,
		u.MFASerial:       `^arn:aws:iam::111122223333:mfa/alice$`,
		u.AccountID:       `^111122223333$`,
		u.SecretAccessKey: `^[A-Za-z0-9+/]{40}$`,
		u.Seed:            `^[A-Z2-7]{64}$`,
		u.Code(s.Now()):   `^[0-9]{6}$`,
	} {
		if !regexp.MustCompile(form).MatchString(value) {
			t.Errorf("%q is not of the form %s", value, form)
		}
	}
}

func TestTheSameNameIsTheSameUserAndACopy(t *testing.T) {
	s := start(t, ststest.Options{})
	u := s.AddUser("alice")
	before := *u
	u.Seed, u.SecretAccessKey = "CHANGED", "changed"
	if again := s.AddUser("alice"); *again != before {
		t.Error("the second alice is another one")
	}
}

// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
func TestCodesAreThoseOfTheRFC(t *testing.T) {
	u := &ststest.User{Seed: base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))}
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := u.Code(time.Unix(at, 0)); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

func TestCodePanicsOnASeedThatIsNotBase32(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	(&ststest.User{Seed: "not base32!"}).Code(time.Unix(0, 0))
}
