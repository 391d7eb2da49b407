package provider_test

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// Static keys of the config files do all that keys of the keychain do.
func TestPlaintextKeys(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true})
	config = strings.Replace(config, "[profile work]\n", "[profile work]\naws_access_key_id = "+w.user.AccessKeyID+"\naws_secret_access_key = "+w.user.SecretAccessKey+"\n", 1)
	delete(w.keys.items, keychain.KeyAccount("work"))
	w.mustAs(config, "prod")
	session := w.mustAs(config, "work")
	w.wantAsked("GetSessionToken", 1)

	// Temporary ones are handed on as they are, as the SDKs do, and kept nowhere.
	temporary := "[profile work]\naws_access_key_id = " + session.AccessKeyID + "\naws_secret_access_key = " + session.SecretAccessKey +
		"\naws_session_token = " + session.SessionToken + "\n"
	kept := w.sealed()
	c := w.mustAs(temporary, "work")
	if c.SessionToken != session.SessionToken || c.CanExpire {
		t.Errorf("got %q, expiring %v", c.AccessKeyID, c.CanExpire)
	}
	if after := w.sealed(); after != kept {
		t.Errorf("%d entries, %d before: temporary keys of the user's own were kept", after, kept)
	}
}

func TestRawKey(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	c, err := w.of(config, provider.Request{Profile: "work", RawKey: true}).Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.AccessKeyID != w.user.AccessKeyID || c.SecretAccessKey != w.user.SecretAccessKey || c.SessionToken != "" || c.CanExpire {
		t.Errorf("got %q with a token %v", c.AccessKeyID, c.SessionToken != "")
	}
	w.wantAsked("", 0)
	if w.sealed() != 0 {
		t.Error("the key was kept in the cache")
	}
}
