package provider

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/secret"
)

// MFA is how a profile's codes are asked for.
type MFA struct {
	Order   []string // names of the ways, first the first tried
	Process string   // the command of the way "process"; empty: none
}

// mfaSettings takes each setting from the profile that names the device, else
// from the key's.
func mfaSettings(device, key *awsconfig.Section) (MFA, error) {
	const orderKey, processKey = "awsmint_mfa", "mfa_process"
	from := device
	if from.Get(orderKey) == "" {
		from = key
	}
	order, err := mfa.Order(from.Get(orderKey))
	if err != nil {
		return MFA{}, at(from, orderKey, err)
	}
	return MFA{Order: order, Process: firstSet(device.Setting(processKey), key.Setting(processKey))}, nil
}

// codes gives the code for one call of send, and waits, asks again and
// remembers as codes demand. *mfa.Codes is the real one.
type codes interface {
	Use(ctx context.Context, req mfa.Request, send func(context.Context, mfa.Code) error) error
	Cooling(req mfa.Request) error
	Ready(ctx context.Context, req mfa.Request) error
	Attended(ctx context.Context) bool
}

// started is when a run asked for its credentials. Whoever waited for others
// since then is not asked for a code if one of these was refused it.
type started struct{}

func withStart(ctx context.Context, now time.Time) context.Context {
	if ctx.Value(started{}) != nil {
		return ctx // the last link of the chain asked first
	}
	return context.WithValue(ctx, started{}, now)
}

// request is for a code of the device with this serial.
func request(ctx context.Context, profile, serial string) mfa.Request {
	at, _ := ctx.Value(started{}).(time.Time)
	return mfa.Request{Profile: profile, Serial: serial, Started: at}
}

// cooling is an error where a person has just declined. It is known before
// anything is opened for a code that nobody will be asked for.
func cooling(c codes, req mfa.Request) error {
	if c == nil {
		return nil
	}
	return c.Cooling(req)
}

// withCode mints with a code where there are ways to one, else without.
func withCode(ctx context.Context, c codes, req mfa.Request, mint func(context.Context, mfa.Code) (aws.Credentials, error)) (minted aws.Credentials, err error) {
	if c == nil {
		return mint(ctx, mfa.Code{})
	}
	err = c.Use(ctx, req, func(ctx context.Context, code mfa.Code) (err error) {
		minted, err = mint(ctx, code)
		return err
	})
	return minted, err
}

// codes are the ways to a code that the profile and the run allow; nil without
// a device. The profile is the key's, to which a seed belongs.
func (o *Options) codes(profile, serial string, settings MFA) codes {
	if serial == "" {
		return nil
	}
	var ways []mfa.Way
	for _, name := range settings.Order {
		way := o.way(name, profile, serial, settings)
		if o.NoInput && way.Interactive() {
			way = mfa.Forbidden(way)
		}
		ways = append(ways, way)
	}
	return &mfa.Codes{Ways: ways, Dir: o.Cache.Dir, Now: o.Now, Pause: pauseBudget, Notify: o.Notify, Again: o.again, Asked: o.Asked}
}

func (o *Options) way(name, profile, serial string, settings MFA) mfa.Way {
	switch name {
	case mfa.NameSeed:
		return &mfa.Seed{Now: o.Now, Load: func(ctx context.Context) (secret.String, error) {
			return o.seed(ctx, profile, serial)
		}}
	case mfa.NameProcess:
		return &mfa.Process{Command: settings.Process, Environ: o.Environ}
	case mfa.NameTerminal:
		return &mfa.Terminal{Taken: o.Beside}
	default:
		return &mfa.Dialog{Getenv: o.Getenv}
	}
}

// seed is the one stored for a profile, if it is that of the device.
func (o *Options) seed(ctx context.Context, profile, serial string) (secret.String, error) {
	seed, err := o.storedSeed(ctx, profile)
	if err == nil && !seed.MayBeOf(serial) {
		err = mfa.OtherDevice(profile, seed.Serial)
	}
	return seed.Secret, err
}

func (o *Options) storedSeed(ctx context.Context, profile string) (keychain.Seed, error) {
	value, err := o.Keychain.Get(ctx, keychain.SeedAccount(profile))
	if errors.Is(err, keychain.ErrNotFound) {
		return keychain.Seed{}, mfa.Unavailable("no seed is stored")
	}
	if err != nil {
		return keychain.Seed{}, err
	}
	return keychain.DecodeSeed(value)
}
