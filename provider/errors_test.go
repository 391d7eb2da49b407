package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// The texts of AWS, as it writes them.
const (
	invalidCode    = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
	invalidSerial  = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."
	halfMFA        = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
	invalidToken   = "The security token included in the request is invalid."
	expiredToken   = "The security token included in the request is expired"
	wrongSignature = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	denied         = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:GetSessionToken with an explicit deny in a service control policy"
	regionOff      = "STS is not activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM Console."
	durationRange  = "1 validation error detected: Value '129601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600"
)

// refusals are AWS's errors and what is made of them. Where a hint depends on
// it, the request was made with a stored seed.
var refusals = []struct {
	name, code, message string
	status              fault.Status
	words               []string
}{
	{"wrong code of a seed", "AccessDenied", invalidCode, fault.Refused, []string{`did not accept the MFA code for profile "work"`, "clock", "the stored seed belongs to another device than " + "arn:aws:iam::111122223333:mfa/alice"}},
	{"unknown serial", "AccessDenied", invalidSerial, fault.Refused, []string{"arn:aws:iam::111122223333:mfa/alice", `"work"`, "awsmint_mfa_serial", "arn:aws:iam::ACCOUNT:mfa/NAME"}},
	{"no serial", "AccessDenied", halfMFA, fault.Refused, []string{"wants an MFA code", `"work"`, "set awsmint_mfa_serial = "}},
	{"policy", "AccessDenied", denied, fault.Refused, []string{"GetSessionToken", `"work"`, "explicit deny in a service control policy", "administrat|looks after"}},
	{"unknown key", "InvalidClientTokenId", invalidToken, fault.Refused, []string{"does not know the access key …", `"work"`, "deleted, disabled", "partition", "awsmint add work --force"}},
	{"wrong secret", "SignatureDoesNotMatch", wrongSignature, fault.Refused, []string{"secret access key for …", `"work"`, "copy it again", "awsmint add work --force"}},
	{"incomplete signature", "IncompleteSignature", "Authorization header requires 'Signature' parameter.", fault.Refused, []string{"secret access key for …", "awsmint add work --force"}},
	{"another region's endpoint", "SignatureDoesNotMatch", "Credential should be scoped to a valid region, not 'eu-west-1'. ", fault.Refused, []string{`"eu-west-1"`, "http://127.0.0.1:", "set region in profile"}},
	{"expired session", "ExpiredToken", expiredToken, fault.Refused, []string{`the session of profile "work" has expired`, "awsmint login work --force"}},
	{"expired session, of the model", "ExpiredTokenException", expiredToken, fault.Refused, []string{`the session of profile "work" has expired`, "awsmint login work --force"}},
	{"STS off in the region", "RegionDisabledException", regionOff, fault.Refused, []string{"turned off", `"eu-west-1"`, `set another region in profile "work"`}},
	{"duration", "ValidationError", durationRange, fault.Refused, []string{"the duration", "'129601'", `awsmint_duration in profile "work"`}},
	{"throttling", "Throttling", "Rate exceeded", fault.Network, []string{"Rate exceeded (Throttling)", "in a moment"}},
	{"throttling of another name", "RequestLimitExceeded", "Request limit exceeded.", fault.Network, []string{"(RequestLimitExceeded)", "in a moment"}},
	{"server fault", "InternalFailure", "", fault.Network, []string{"(InternalFailure)", "in a moment"}},
	{"server busy", "ServiceUnavailable", "Service is unable to handle request.", fault.Network, []string{"(ServiceUnavailable)", "in a moment"}},
	{"something new", "BrandNewException", "No such thing.", fault.Refused, []string{"No such thing. (BrandNewException)", `"work"`, "IAM console"}},
	{"a very long one", "AccessDenied", strings.Repeat("arn:aws:iam::111122223333:user/alice\n", 300), fault.Refused, []string{"GetSessionToken", "looks after"}},
	{"a very long new one", "BrandNewException", strings.Repeat("é", 3000), fault.Refused, []string{"(BrandNewException)"}},
	{"a very long one in passing", "Throttling", strings.Repeat("x", 3000), fault.Network, []string{"(Throttling)"}},
	{"a very long duration", "ValidationError", "DurationSeconds" + strings.Repeat(" x", 3000), fault.Refused, []string{"awsmint_duration"}},
}

func TestWhatAWSRefused(t *testing.T) {
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.sts.Inject(ststest.Fault{Code: test.code, Message: test.message})
			_, err := w.mint(w.settings())
			w.wantSaid(err, test.status, test.words...)
		})
	}
}

// wantSaid is wantFault; a|b is a word of which one is enough. The text must
// not hold any secret.
func (w *world) wantSaid(err error, status fault.Status, words ...string) {
	w.t.Helper()
	text := err.Error() + "\n" + fault.HintOf(err)
	for i, word := range words {
		for option := range strings.SplitSeq(word, "|") {
			if strings.Contains(text, option) {
				words[i] = option
			}
		}
	}
	wantFault(w.t, err, status, words...)
	if fault.HintOf(err) == "" {
		w.t.Errorf("no hint: %v", err)
	}
	for name, hidden := range map[string]string{
		"secret access key": w.user.SecretAccessKey, "seed": w.user.Seed,
		"code": w.user.Code(w.clock.Now()), "whole access key id": w.user.AccessKeyID,
	} {
		if strings.Contains(text, hidden) {
			w.t.Errorf("the %s is in: %s", name, text)
		}
	}
}

// TestWhatSTSItselfRefuses has the errors from a server that checks.
func TestWhatSTSItselfRefuses(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*world) (lines string)
		words []string
	}{
		{"wrong seed", func(w *world) string { w.storeSeed(w.sts.AddUser("bob").Seed); return w.settings() }, []string{"did not accept the MFA code", "clock", "another device"}},
		{"another user's device", func(w *world) string {
			return w.settings() + "mfa_serial = " + w.sts.AddUser("bob").MFASerial + "\n"
		}, []string{"knows no MFA device", "mfa/bob", "awsmint_mfa_serial"}},
		{"wrong secret", func(w *world) string { w.storeKey("wrong"); return w.settings() }, []string{"secret access key", "awsmint add work --force"}},
		{"disabled key", func(w *world) string { w.sts.DisableKey(w.user.AccessKeyID); return w.settings() }, []string{"does not know the access key"}},
		{"a region that is none", func(w *world) string { return w.settings() + "region = aws-nowhere\n" }, []string{`"aws-nowhere"`, "set region in profile"}},
		{"clock behind", func(w *world) string { w.sts.SetSkew(20 * time.Minute); return w.settings() }, []string{"clock is 20m behind AWS's", "15 minutes", "timedatectl", "hwclock -s"}},
		{"clock ahead", func(w *world) string { w.sts.SetSkew(-90 * time.Minute); return w.settings() }, []string{"clock is 1h30m ahead of AWS's", "15 minutes", "timedatectl"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			_, err := w.mint(test.spoil(w))
			w.wantSaid(err, fault.Refused, test.words...)
			w.wantCalls(1)
			if got := w.sts.Succeeded("GetSessionToken"); got != 0 {
				t.Error("it succeeded")
			}
		})
	}
}

func TestRefusedCodeOfProcess(t *testing.T) {
	w := newWorld(t)
	w.sts.Inject(ststest.Fault{Code: "AccessDenied", Message: invalidCode})
	_, err := w.mint(w.settings() + "awsmint_mfa = process\nawsmint_mfa_process = echo " + w.user.Code(w.clock.Now()) + "\n")
	w.wantSaid(err, fault.Refused, "did not accept the MFA code", "awsmint_mfa_process", w.user.MFASerial)
	w.wantCalls(1)
}

func TestClockWithoutDateIsToldAllTheSame(t *testing.T) {
	w := newWorld(t)
	w.env["AWS_ENDPOINT_URL_STS"] = undated(t, "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature not yet current: x</Message></Error></ErrorResponse>")
	_, err := w.mint(noMFA)
	w.wantSaid(err, fault.Refused, "more than 15 minutes off", "timedatectl")
}

func TestLastFourOfKeyID(t *testing.T) {
	for id, want := range map[string]string{"AKIAIOSFODNN7EXAMPLE": "…MPLE", "AKIA": "AKIA", "": ""} {
		if got := provider.LastFour(id); got != want {
			t.Errorf("%q: %q", id, got)
		}
	}
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{
		36 * time.Hour: "36h", 90 * time.Minute: "1h30m", 20 * time.Minute: "20m", 45 * time.Second: "45s",
		time.Hour + time.Second: "1h0m1s", 10 * time.Minute: "10m", 0: "0s", 1600 * time.Millisecond: "2s",
	} {
		if got := provider.Span(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
