package provider_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// verifier asks about the user's key, which is not stored.
func (w *world) verifier() *provider.Verifier {
	w.t.Helper()
	clear(w.keys.items)
	env := environment{"AWS_ENDPOINT_URL": w.sts.URL()}
	client, err := provider.ClientFor(parsed(w.t, ""), env.get, "work", "eu-west-1")
	if err != nil {
		w.t.Fatal(err)
	}
	return &provider.Verifier{
		Profile: "work", Client: client, Now: w.clock.Now, Timeout: 5 * time.Second,
		Key: keychain.Key{AccessKeyID: w.user.AccessKeyID, SecretAccessKey: secret.New(w.user.SecretAccessKey)},
	}
}

func TestIdentityAndDevicesOfKey(t *testing.T) {
	w := newWorld(t)
	v := w.verifier()
	identity, err := v.Identity(within(t))
	if want := (provider.Identity{Account: ststest.AccountID, ARN: w.user.ARN}); err != nil || identity != want {
		t.Errorf("%+v, %v", identity, err)
	}
	devices, err := v.MFADevices(within(t))
	if err != nil || !slices.Equal(devices, []string{w.user.MFASerial}) {
		t.Errorf("%q, %v", devices, err)
	}
}

func TestDefaultsOfVerifier(t *testing.T) {
	w := newWorld(t)
	v := w.verifier()
	v.Now, v.Timeout = nil, 0
	if _, err := v.Identity(within(t)); err != nil {
		t.Error(err)
	}
}

// TestDevicesThatSTSTakesNoCodesOf are left out.
func TestDevicesThatSTSTakesNoCodesOf(t *testing.T) {
	member := func(serial string) string {
		return "<member><UserName>alice</UserName><SerialNumber>" + serial + "</SerialNumber></member>"
	}
	answer := func(members string) string {
		return `<ListMFADevicesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListMFADevicesResult><IsTruncated>false</IsTruncated><MFADevices>` +
			members + `</MFADevices></ListMFADevicesResult></ListMFADevicesResponse>`
	}
	const prefix = "arn:aws:iam::111122223333:"
	for _, test := range []struct {
		name, members string
		want          []string
	}{
		{"none", "", nil},
		{"sorted", member(prefix+"mfa/phone") + member("GAHT12345678") + member(prefix+"mfa/backup"), []string{"GAHT12345678", prefix + "mfa/backup", prefix + "mfa/phone"}},
		{"security keys left out", member(prefix+"u2f/user/alice/key-ABC") + member(prefix+"mfa/phone"), []string{prefix + "mfa/phone"}},
		{"nothing but security keys", member(prefix + "u2f/user/alice/key-ABC"), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			v := w.verifier()
			v.Client.IAMEndpoint = unverified(t, http.StatusOK, "text/xml", answer(test.members))
			got, err := v.MFADevices(within(t))
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
}

// TestWhatAWSRefusedOfNewKey: the key is not stored yet, so no hint may lead
// to one that is.
func TestWhatAWSRefusedOfNewKey(t *testing.T) {
	identity := func(v *provider.Verifier) error { _, err := v.Identity(within(t)); return err }
	devices := func(v *provider.Verifier) error { _, err := v.MFADevices(within(t)); return err }
	const again = "then run the same command again"
	for _, test := range []struct {
		name   string
		spoil  func(*world, *provider.Verifier)
		ask    func(*provider.Verifier) error
		status fault.Status
		words  []string
	}{
		{"wrong secret", func(_ *world, v *provider.Verifier) { v.Key.SecretAccessKey = secret.New("wrong") }, identity, fault.Refused, []string{"the secret access key for …", "copy it again", again}},
		{"wrong secret at IAM", func(_ *world, v *provider.Verifier) { v.Key.SecretAccessKey = secret.New("wrong") }, devices, fault.Refused, []string{"the secret access key for …", again}},
		{"unknown key", func(_ *world, v *provider.Verifier) { v.Key.AccessKeyID = "AKIAIOSFODNN7EXAMPLE" }, identity, fault.Refused, []string{"does not know the access key …MPLE", again}},
		{"disabled key", func(w *world, _ *provider.Verifier) { w.sts.DisableKey(w.user.AccessKeyID) }, identity, fault.Refused, []string{"deleted, disabled", again}},
		{"may not list", func(w *world, _ *provider.Verifier) {
			w.sts.Inject(ststest.Fault{Action: "ListMFADevices", Code: "AccessDenied", Message: "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:ListMFADevices"})
		}, devices, fault.Refused, []string{"AWS refused ListMFADevices", `"work"`, "iam:ListMFADevices", "policy"}},
		{"clock behind", func(w *world, _ *provider.Verifier) { w.sts.SetSkew(16 * time.Minute) }, identity, fault.Refused, []string{"16m behind AWS's", "timedatectl"}},
		{"clock ahead, at IAM", func(w *world, _ *provider.Verifier) { w.sts.SetSkew(-16 * time.Minute) }, devices, fault.Refused, []string{"16m ahead of AWS's"}},
		{"refused connection", func(_ *world, v *provider.Verifier) { v.Client.STSEndpoint, v.Timeout = nowhere, once }, identity, fault.Network, []string{nowhere + " can't be reached"}},
		{"refused connection to IAM", func(_ *world, v *provider.Verifier) { v.Client.IAMEndpoint, v.Timeout = nowhere, once }, devices, fault.Network, []string{nowhere + " can't be reached"}},
		{"no answer", func(w *world, v *provider.Verifier) { w.sts.Inject(ststest.Fault{Hang: true}); v.Timeout = once }, identity, fault.Network, []string{"no answer from http://127.0.0.1:"}},
		{"missing CA bundle", func(_ *world, v *provider.Verifier) { v.Client.CABundle = "/missing.pem" }, identity, fault.Usage, []string{"/missing.pem", "ca_bundle"}},
		{"missing CA bundle at IAM", func(_ *world, v *provider.Verifier) { v.Client.CABundle = "/missing.pem" }, devices, fault.Usage, []string{"/missing.pem", "ca_bundle"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			v := w.verifier()
			test.spoil(w, v)
			w.wantSaid(test.ask(v), test.status, test.words...)
		})
	}
}
