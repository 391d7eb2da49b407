package provider_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

const phone = "arn:aws:iam::111122223333:mfa/phone"

// enroller is a world whose user has a key and, in the profile, no device yet.
type enroller struct {
	*world
	lines string // of the profile
	seed  string // that was shown last
	shown int    // how often one was
	asked []bool // for codes: whether again
	crash string // where a run ends as if it was killed: "show" or "save"
	wrong int    // how many pairs of codes are typed wrong
	ctx   context.Context
}

func newEnroller(t *testing.T) *enroller {
	w := newWorld(t)
	delete(w.keys.items, keychain.SeedAccount("work"))
	w.env["AWS_ENDPOINT_URL_IAM"] = w.sts.URL()
	return &enroller{world: w, lines: noMFA, ctx: within(t)}
}

// errKilled is how a run ends that is killed.
var errKilled = errors.New("killed")

func (e *enroller) enroll(change ...func(*provider.Enrollment)) (enrolled provider.Enrolled, err error) {
	e.t.Helper()
	o := provider.Options{Keychain: e.keys, Cache: e.cache, Now: e.clock.Now, Timeout: 5 * time.Second}
	device, err := provider.NewMFADevice(parsed(e.t, "[profile work]\n"+e.lines), e.env.get, "work", o)
	if err != nil {
		return enrolled, err
	}
	n := provider.Enrollment{MFADevice: device, Name: "phone", Show: e.show, Codes: e.type2, Save: e.save}
	for _, f := range change {
		f(&n)
	}
	defer func() {
		if thrown := recover(); thrown == errKilled {
			err = errKilled
		} else if thrown != nil {
			panic(thrown)
		}
	}()
	return provider.Enroll(e.ctx, n)
}

func stored(n *provider.Enrollment) { n.Store = true }

func (e *enroller) show(made provider.NewDevice) error {
	if e.crash == "show" {
		panic(errKilled)
	}
	_, rest, _ := strings.Cut(made.URL.Reveal(), "secret=")
	e.seed, _, _ = strings.Cut(rest, "&")
	e.shown++
	return nil
}

func (e *enroller) save(serial string) error {
	if e.crash == "save" {
		panic(errKilled)
	}
	e.lines = noMFA + "awsmint_mfa_serial = " + serial + "\n"
	return nil
}

// type2 types what the phone shows.
func (e *enroller) type2(_ context.Context, again bool) (first, second secret.String, err error) {
	e.asked = append(e.asked, again)
	if len(e.asked) <= e.wrong {
		return secret.New("000000"), secret.New("000001"), nil
	}
	now := e.clock.Now()
	return secret.New(e.code(now.Add(-step))), secret.New(e.code(now)), nil
}

func (e *enroller) code(at time.Time) string {
	code, err := totp.GenerateCode(e.seed, at)
	if err != nil {
		e.t.Fatal(err)
	}
	return code
}

// wantEnrolled checks that there is one new device, that it is the user's, and
// that the profile mints with its codes: with the stored seed, or a typed one.
func (e *enroller) wantEnrolled() {
	e.t.Helper()
	if got, want := e.sts.MFADevices("alice"), []string{e.user.MFASerial, phone}; !slices.Equal(got, want) {
		e.t.Errorf("devices %q, want %q", got, want)
	}
	if got := len(e.sts.AllDevices()); got != 2 {
		e.t.Errorf("%d devices in all, want 2", got)
	}
	if !strings.Contains(e.lines, phone) {
		e.t.Error("the profile does not name the device")
	}
	if e.keys.items[keychain.SeedAccount("work")].IsZero() {
		return
	}
	e.clock.advance(step) // the codes that enabled it are spent
	if _, err := e.mint(e.lines); err != nil {
		e.t.Errorf("minting with the new device: %v", err)
	}
}
