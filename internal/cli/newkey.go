package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/term"
)

// newKey is a key on its way into the keychain, with what came with it.
type newKey struct {
	key    keychain.Key
	serial string
	seed   secret.String
	region string

	// fresh is whether it was made a moment ago, so that AWS may not know it
	// everywhere yet.
	fresh bool

	// regionMeant is whether somebody gave the region for this profile, and
	// not for whatever runs in the shell.
	regionMeant bool
}

// maxStdin is the size in bytes of the largest JSON taken: four short strings.
const maxStdin = 64 << 10

// keyJSON is what --stdin takes: a flat object, or what "aws iam
// create-access-key" prints, which has the key one level down.
type keyJSON struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	MfaSerial       string
	TotpSeed        string
	Region          string

	AccessKey *struct {
		AccessKeyID      string `json:"AccessKeyId"`
		SecretAccessKey  string
		CreateDate       string
		UserName, Status any // of no use here
	}
}

// keyFromJSON reads the form that --stdin takes.
func keyFromJSON(r io.Reader, now time.Time) (newKey, error) {
	var made time.Time
	var fresh bool
	wrong := func(why string) (newKey, error) {
		return newKey{}, fault.New(fault.Usage, "standard input is not the JSON of a key: "+why,
			`it has the form {"AccessKeyId": "AKIA…", "SecretAccessKey": "…"}, and may have "MfaSerial", "TotpSeed" and "Region"; what "aws iam create-access-key" prints will do too`)
	}
	var input keyJSON
	decoder := json.NewDecoder(io.LimitReader(r, maxStdin))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&input); err != nil {
		// Only a field's name is quoted: everything else may be the secret.
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return wrong("it has a field " + name)
		}
		if errors.Is(err, io.EOF) {
			return wrong("it is empty")
		}
		return wrong("it can't be parsed")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return wrong("something follows it")
	}
	if created := input.AccessKey; created != nil {
		if input.AccessKeyID != "" || input.SecretAccessKey != "" {
			return wrong("it holds two keys")
		}
		input.AccessKeyID, input.SecretAccessKey = created.AccessKeyID, created.SecretAccessKey
		made, fresh = whenMade(created.CreateDate, now)
	}
	return newKey{
		key:    keychain.Key{AccessKeyID: clean(input.AccessKeyID), SecretAccessKey: secret.New(clean(input.SecretAccessKey)), MadeAt: made},
		fresh:  fresh,
		serial: clean(input.MfaSerial),
		seed:   secret.New(clean(input.TotpSeed)),
		region: clean(input.Region),

		regionMeant: input.Region != "",
	}, nil
}

// keyFromEnvironment reads the variables that SDKs read.
func keyFromEnvironment(getenv func(string) string) (newKey, error) {
	n := newKey{
		key:    keychain.Key{AccessKeyID: clean(getenv("AWS_ACCESS_KEY_ID")), SecretAccessKey: secret.New(clean(getenv("AWS_SECRET_ACCESS_KEY")))},
		region: clean(getenv("AWS_REGION")),
	}
	if n.region == "" {
		n.region = clean(getenv("AWS_DEFAULT_REGION"))
	}
	if n.key.AccessKeyID == "" || n.key.SecretAccessKey.IsZero() {
		return n, fault.New(fault.Usage, "AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set", "set both, or leave --from-env out to be asked")
	}
	if getenv("AWS_SESSION_TOKEN") != "" {
		return n, fault.New(fault.Usage, "temporary keys can't be stored: AWS_SESSION_TOKEN is set", "unset it if the other two are the IAM user's own key")
	}
	return n, nil
}

// keyFromTerminal asks a person.
func keyFromTerminal(ctx context.Context) (newKey, error) {
	t, err := openTerminal("to ask for the key", "pipe it as JSON: awsmint add PROFILE --stdin")
	if err != nil {
		return newKey{}, err
	}
	defer t.Close()
	id, err := t.ReadLine(ctx, "Access key id: ")
	if err != nil {
		return newKey{}, cancelled(err)
	}
	n := newKey{key: keychain.Key{AccessKeyID: clean(id)}}
	// A wrong id is told before the secret is typed.
	if err := keychain.CheckAccessKeyID(n.key.AccessKeyID); err != nil {
		return n, err
	}
	hidden, err := t.ReadSecret(ctx, "Secret access key (hidden): ")
	if err != nil {
		return n, cancelled(err)
	}
	n.key.SecretAccessKey = secret.New(clean(hidden.Reveal()))
	return n, nil
}

// serialFromTerminal asks for the MFA device, offering those that are known.
func serialFromTerminal(ctx context.Context, known []string) (string, error) {
	t, err := openTerminal("to ask for the MFA device", "name it with --mfa-serial, or run again where there is a terminal")
	if err != nil {
		return "", err
	}
	defer t.Close()
	for _, serial := range known {
		if err := t.Print("  " + serial); err != nil {
			return "", cancelled(err)
		}
	}
	serial, err := t.ReadLine(ctx, "ARN of the MFA device (empty for none): ")
	return clean(serial), cancelled(err)
}

// openTerminal is term.Open with an error that says what it was for.
func openTerminal(what, instead string) (*term.Terminal, error) {
	t, err := term.Open()
	if err != nil {
		return nil, fault.Wrap(err, fault.Person, "no terminal "+what, instead)
	}
	return t, nil
}

// cancelled makes a declined prompt a failure that says so.
func cancelled(err error) error {
	if errors.Is(err, term.ErrCancelled) {
		return fault.Wrap(err, fault.Person, "cancelled: nothing was changed", "")
	}
	return err
}

// clean takes off what copying adds: spaces and line ends at either side.
func clean(text string) string { return strings.TrimSpace(text) }

// keyName is how a key is shown: "…ABCD of arn:aws:iam::111122223333:user/alice".
func keyName(lastFour string, arn string) string {
	if arn == "" {
		return lastFour
	}
	return lastFour + " of " + arn
}
