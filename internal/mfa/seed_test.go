package mfa

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

func TestCleanSeed(t *testing.T) {
	const clean = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for _, pasted := range []string{
		clean, strings.ToLower(clean), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", "gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq", clean + "====",
	} {
		got, err := CleanSeed(secret.New(pasted))
		if err != nil || got.Reveal() != clean {
			t.Errorf("%q: %q, %v", pasted, got.Reveal(), err)
		}
	}
	for _, wrong := range []string{"", "123456", "GEZDGNBVGY3TQOJQ", clean + "0", "otpauth://totp/x?secret=" + clean, "ümlaut" + clean} {
		_, err := CleanSeed(secret.New(wrong))
		if fault.StatusOf(err) != fault.Usage {
			t.Errorf("%q: %v", wrong, err)
		} else if len(wrong) > 6 && strings.Contains(err.Error()+fault.HintOf(err), wrong) {
			t.Errorf("%q is shown: %v", wrong, err)
		}
	}
}
