package provider_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// mayListDevices reports whether a session was made with MFA: without, AWS
// lets it call no IAM API.
func (w *world) mayListDevices(c aws.Credentials) bool {
	w.t.Helper()
	client := iam.New(iam.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(w.sts.URL()), Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil }),
	})
	_, err := client.ListMFADevices(within(w.t), &iam.ListMFADevicesInput{})
	return err == nil
}

func TestSessionWithStoredSeedHasMFA(t *testing.T) {
	w := newWorld(t)
	got := w.mustMint(w.settings() + "awsmint_duration = 8h\n")
	if !w.mayListDevices(got) {
		t.Error("the session has no MFA")
	}
	if got.AccountID != "111122223333" || got.Source != "awsmint" {
		t.Errorf("account %q, source %q", got.AccountID, got.Source)
	}
	if want := w.clock.Now().Add(8 * time.Hour); !got.Expires.Equal(want) {
		t.Errorf("expires %s, want %s", got.Expires, want)
	}
}

func TestSessionWithoutSerialNeedsNoCode(t *testing.T) {
	w := newWorld(t)
	w.keys.fail = func(_, account string) error {
		if account == keychain.SeedAccount("work") {
			t.Error("the seed was asked for")
		}
		return nil
	}
	got := w.mustMint(noMFA)
	if w.mayListDevices(got) {
		t.Error("the session has MFA")
	}
	if got.AccountID != "" {
		t.Errorf("account %q, from nowhere", got.AccountID)
	}
}

func TestSerialOfAwsmintGoesBeforePlainOne(t *testing.T) {
	w := newWorld(t)
	w.mustMint("region = eu-west-1\nawsmint_mfa = totp\nmfa_serial = " + w.user.MFASerial + "2\nawsmint_mfa_serial = " + w.user.MFASerial + "\n")
}

// TestKeyIsReadBeforeCodeIsAskedFor: a code that was typed would be lost.
func TestKeyIsReadBeforeCodeIsAskedFor(t *testing.T) {
	locked := fault.Wrap(keychain.ErrLocked, fault.Keychain, "the keychain is locked", "unlock it")
	for _, test := range []struct {
		name   string
		spoil  func(*world)
		status fault.Status
		words  []string
	}{
		{"locked", func(w *world) {
			fail := w.keys.fail
			w.keys.fail = func(o, a string) error { _ = fail(o, a); return locked }
		}, fault.Keychain, []string{"locked", "unlock"}},
		{"nothing stored", func(w *world) { delete(w.keys.items, keychain.KeyAccount("work")) }, fault.Missing, []string{`no access key is stored for profile "work"`, "awsmint add work"}},
		{"damaged", func(w *world) { w.keys.items[keychain.KeyAccount("work")] = secret.New("AKIA") }, fault.Keychain, []string{"the stored access key", "awsmint add"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			var asked []string
			w.keys.fail = func(_, account string) error { asked = append(asked, account); return nil }
			test.spoil(w)
			_, err := w.mint(w.settings())
			wantFault(t, err, test.status, test.words...)
			if slices.Contains(asked, keychain.SeedAccount("work")) {
				t.Errorf("it asked for %q", asked)
			}
			w.wantCalls(0)
		})
	}
}

func TestNobodyIsAskedWithoutInput(t *testing.T) {
	w := newWorld(t)
	delete(w.keys.items, keychain.SeedAccount("work"))
	for _, order := range []string{"terminal, dialog", "totp, terminal, dialog", "totp"} {
		_, err := w.mint(w.settings() + "awsmint_mfa = " + order + "\n")
		wantFault(t, err, fault.Person, w.user.MFASerial, "awsmint login work")
	}
	w.wantCalls(0)
}

func TestLockedKeychainOfSeedEndsTheRun(t *testing.T) {
	w := newWorld(t)
	w.keys.fail = func(_, account string) error {
		if account == keychain.SeedAccount("work") {
			return fault.Wrap(keychain.ErrLocked, fault.Keychain, "the keychain is locked", "unlock it")
		}
		return nil
	}
	_, err := w.mint(w.settings())
	wantFault(t, err, fault.Keychain, "locked")
}

// unverified is an STS that gives everyone this answer.
func unverified(t *testing.T, status int, contentType, body string) (url string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func sessionAnswer(credentials string) string {
	return `<GetSessionTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetSessionTokenResult>` +
		credentials + `</GetSessionTokenResult></GetSessionTokenResponse>`
}

const (
	idXML     = "<AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>"
	secretXML = "<SecretAccessKey>hidden</SecretAccessKey>"
	tokenXML  = "<SessionToken>token</SessionToken>"
	untilXML  = "<Expiration>2099-01-01T00:00:00Z</Expiration>"
)

func TestIncompleteAnswerIsRefused(t *testing.T) {
	for name, credentials := range map[string]string{
		"no credentials": "",
		"empty ones":     "<Credentials></Credentials>",
		"no id":          "<Credentials>" + secretXML + tokenXML + untilXML + "</Credentials>",
		"no secret":      "<Credentials>" + idXML + tokenXML + untilXML + "</Credentials>",
		"no token":       "<Credentials>" + idXML + secretXML + untilXML + "</Credentials>",
		"an empty token": "<Credentials>" + idXML + secretXML + "<SessionToken/>" + untilXML + "</Credentials>",
		"no expiration":  "<Credentials>" + idXML + secretXML + tokenXML + "</Credentials>",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.env["AWS_ENDPOINT_URL_STS"] = unverified(t, http.StatusOK, "text/xml", sessionAnswer(credentials))
			got, err := w.mint(noMFA)
			wantFault(t, err, fault.Failure, "GetSessionToken", "no complete credentials", "endpoint")
			if got != (aws.Credentials{}) {
				t.Errorf("it gave %q all the same", got.AccessKeyID)
			}
			if _, ok := w.cached(noMFA).Cached(); ok {
				t.Error("it was cached")
			}
		})
	}
}

// TestAccountIsThatOfTheSerial: a hardware token's number tells none.
func TestAccountIsThatOfTheSerial(t *testing.T) {
	for serial, want := range map[string]string{
		"arn:aws:iam::111122223333:mfa/alice":    "111122223333",
		"arn:aws-cn:iam::444455556666:mfa/alice": "444455556666",
		"arn:aws:iam::12345:mfa/alice":           "",
		"GAHT12345678":                           "",
	} {
		w := newWorld(t)
		w.env["AWS_ENDPOINT_URL_STS"] = unverified(t, http.StatusOK, "text/xml", sessionAnswer("<Credentials>"+idXML+secretXML+tokenXML+untilXML+"</Credentials>"))
		lines := "awsmint_mfa = " + mfa.NameSeed + "\nmfa_serial = " + serial + "\n"
		for range 2 { // from STS, then from the cache
			if got := w.mustMint(lines); got.AccountID != want {
				t.Errorf("%q gives the account %q", serial, got.AccountID)
			}
		}
	}
}

func TestProcessGivesCode(t *testing.T) {
	w := newWorld(t)
	code := w.user.Code(w.clock.Now())
	got, err := w.mint(w.settings()+"awsmint_mfa = process\nawsmint_mfa_process = echo "+code+"\n",
		func(o *provider.Options) { o.Environ, o.Getenv, o.Timeout = nil, nil, 0 })
	if err != nil || !w.mayListDevices(got) {
		t.Errorf("%v", err)
	}
}
