package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/secret"
)

// Enrollment gives the user of a profile's key a new virtual MFA device.
type Enrollment struct {
	*MFADevice
	Name    string // the device's; empty: the user's, which policies mostly want
	Store   bool   // the seed is kept in the keychain
	Replace bool   // a device of that name which nobody has enabled is deleted first

	// Show is given the seed once, before codes are wanted: a person brings it
	// to a phone. It is not called where an earlier run did.
	Show func(NewDevice) error
	// Codes asks a person for two codes in a row. Without Store it is needed;
	// with it codes are computed. again: AWS did not accept the last two.
	Codes func(ctx context.Context, again bool) (first, second secret.String, err error)
	// Save writes the device's serial number into the profile.
	Save func(serial string) error
	// Linger is called where ctx has ended and AWS is still to be asked, so that
	// no device is left half made. That takes three times Options.Timeout at
	// most. Nil: nobody needs to know.
	Linger func()
}

// NewDevice is a device that AWS has just made.
type NewDevice struct {
	Serial string        // its ARN
	URL    secret.String // otpauth://, for authenticator apps
}

// Enrolled is what came of an enrolment. With an error, a Serial means that the
// device is at AWS, and that the next run goes on with it.
type Enrolled struct {
	Serial  string
	User    string // the IAM user's name
	Resumed bool   // an earlier run had begun it
}

// codeTries is how often a person may give two codes.
const codeTries = 3

// issuer is what authenticator apps show an account under.
const issuer = "AWS"

// Enroll makes a device, has its seed shown, and enables it. When that fails the
// device is deleted again; where that is not allowed either, the error names
// the device and says what to do.
//
// With Store the seed is in the keychain before the device is enabled, so that
// no interruption leaves an enabled device that nobody has the seed of: the
// next run goes on with what is stored.
func Enroll(ctx context.Context, enrollment Enrollment) (Enrolled, error) {
	e := &enrolling{Enrollment: enrollment}
	if err := e.Client.ready(); err != nil {
		return Enrolled{}, err
	}
	if err := e.begin(ctx); err != nil {
		return Enrolled{}, err
	}
	stored, err := e.storedSeed(ctx)
	if err != nil {
		return Enrolled{}, err
	}
	if e.seed = stored.Secret; !e.seed.IsZero() {
		e.resumed = true
		err = e.resume(ctx, stored.Serial)
	} else {
		err = e.make(ctx)
	}
	if err != nil && e.left {
		return e.result(), err
	}
	if err != nil {
		return Enrolled{}, err
	}
	if err := e.Save(e.serial); err != nil {
		return e.result(), fault.Wrap(err, fault.StatusOf(err), "the device "+e.serial+" is enabled, but the profile is not written: "+err.Error(),
			strings.TrimLeft(fault.HintOf(err)+"\n", "\n")+fmt.Sprintf("then add to profile %q: awsmint_mfa_serial = %s", e.Profile, e.serial))
	}
	return e.result(), nil
}

// enrolling is one run of Enroll.
type enrolling struct {
	Enrollment
	key         keychain.Key
	credentials aws.Credentials // that IAM is asked with
	user        string
	devices     string // what the serial numbers of the account's devices begin with
	named       bool   // the device's name was given
	serial      string
	seed        secret.String
	kept        bool // the seed is in the keychain
	lost        bool // what AWS answered to the codes is not known
	left        bool // the run failed, and the device is at AWS and its seed kept
	resumed     bool
}

func (e *enrolling) result() Enrolled {
	return Enrolled{Serial: e.serial, User: e.user, Resumed: e.resumed}
}

// begin finds out who the user is, and what IAM is to be asked with: the cached
// session where there is one, else the key itself. Nobody is asked for a code:
// policies that want MFA for everything mostly let a first device be made.
func (e *enrolling) begin(ctx context.Context) (err error) {
	if e.key, err = (&keyProvider{link: &Key{profile: e.Profile}, keychain: e.Options.Keychain}).key(ctx); err != nil {
		return err
	}
	e.credentials = longTerm(e.key)
	if e.Session.Serial != "" {
		cached, err := New(e.Session, e.Options).current().lookUp(ctx)
		if err != nil {
			return err
		}
		if cached.alive {
			e.credentials = cached.credentials
		}
	}
	v := Verifier{Profile: e.Profile, Key: e.key, Client: e.Client, Timeout: e.Options.Timeout, Now: e.Options.Now}
	identity, err := v.Identity(ctx)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(arnPart(identity.ARN, 5), "user/") {
		return fault.New(fault.Usage, fmt.Sprintf("the key of profile %q is no IAM user's but that of %s", e.Profile, identity.ARN),
			"give it a device in the console, and its seed to awsmint mfa add "+e.Profile)
	}
	e.user = nameOf(identity.ARN)
	e.devices = fmt.Sprintf("arn:%s:iam::%s:mfa/", partitionOf(identity.ARN), identity.Account)
	e.named = e.Name != ""
	e.Name = firstSet(e.Name, e.user)
	e.serial = e.devices + e.Name
	return checkDeviceName(e.Name)
}

// maxDeviceName is IAM's own limit, in characters.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html
const maxDeviceName = 226

func checkDeviceName(name string) error {
	if len(name) <= maxDeviceName && consistsOf(name, "_+=,.@-") {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%q is not a name for an MFA device", name),
		fmt.Sprintf("it has up to %d letters, digits and characters of _+=,.@-", maxDeviceName))
}

// make has AWS make a device and enables it, or leaves none behind.
func (e *enrolling) make(ctx context.Context) error {
	if err := e.create(ctx); err != nil {
		return err
	}
	if err := e.complete(ctx); err != nil {
		return e.rollBack(ctx, err)
	}
	return nil
}

// complete brings the seed to where it is to be, and enables the device.
func (e *enrolling) complete(ctx context.Context) error {
	shown := NewDevice{Serial: e.serial, URL: mfa.SeedURL(e.seed, issuer, e.Name+"@"+accountOf(e.serial))}
	if err := e.Show(shown); err != nil {
		return err
	}
	if e.Store {
		if err := e.Options.Keychain.Set(ctx, keychain.SeedAccount(e.Profile), keychain.EncodeSeed(keychain.Seed{Secret: e.seed, Serial: e.serial})); err != nil {
			return err
		}
		e.kept = true
		return e.enable(ctx, false)
	}
	for try := range codeTries {
		err := e.enable(ctx, try > 0)
		if apiCode(err) != "InvalidAuthenticationCode" || try == codeTries-1 {
			return err
		}
	}
	return nil
}

// twoCodes are computed where the seed is kept, else asked for.
func (e *enrolling) twoCodes(ctx context.Context, again bool) (first, second secret.String, err error) {
	if !e.Store {
		return e.Codes(ctx, again)
	}
	one, two, err := mfa.TwoCodes(ctx, &mfa.Seed{Now: e.Options.Now, Load: func(context.Context) (secret.String, error) { return e.seed, nil }})
	return one.Digits, two.Digits, err
}
