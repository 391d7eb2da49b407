package keychain

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

const (
	goodID     = "AKIAIOSFODNN7EXAMPLE"
	goodSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

func TestKeyForms(t *testing.T) {
	if err := (Key{AccessKeyID: goodID, SecretAccessKey: secret.New(goodSecret)}).Check(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ id, secret, says string }{
		{"ASIAIOSFODNN7EXAMPLE", goodSecret, "temporary keys can't be stored"},
		{"", goodSecret, `"" is no access key id`},
		{"AKIA", goodSecret, `"AKIA" is no access key id`},
		{"AIDAIOSFODNN7EXAMPLE", goodSecret, "is no access key id"},
		{"akiaiosfodnn7example", goodSecret, "is no access key id"},
		{goodID + "X", goodSecret, "is no access key id"},
		{goodID[:19] + " ", goodSecret, "is no access key id"},
		{goodSecret, goodID, `"wJal…" is no access key id`},
		{goodID, "", "it has 0 characters"},
		{goodID, goodSecret[:39], "it has 39 characters"},
		{goodID, goodSecret + "=", "it has 41 characters"},
		{goodID, goodSecret[:39] + "ü", "no secret access key"},
		{goodID, goodSecret[:39] + "\n", "no secret access key"},
		{goodID, goodSecret[:39] + " ", "no secret access key"},
	} {
		err := Key{AccessKeyID: c.id, SecretAccessKey: secret.New(c.secret)}.Check()
		if fault.StatusOf(err) != fault.Usage || fault.HintOf(err) == "" || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q, a secret of %d bytes: %v (%s)", c.id, len(c.secret), err, fault.HintOf(err))
		}
		if err != nil && strings.Contains(err.Error()+fault.HintOf(err), goodSecret[4:20]) {
			t.Errorf("the secret is shown: %v", err)
		}
	}
}
