package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/qrcode"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/term"
	"github.com/awsmint/awsmint/provider"
)

// MFAEnroll makes a virtual MFA device and gives it to the user.
type MFAEnroll struct {
	Profile string `arg:"" help:"The profile with the user's key."`
	Name    string `placeholder:"NAME" help:"The device's name; the user's otherwise, which policies mostly want."`
	Store   bool   `help:"Keep the seed in the keychain, so that no code is asked for. Without it the seed is on your phone alone."`
	QR      string `name:"qr" placeholder:"FILE" help:"Write the QR code into a new PNG file too. Whoever has it has the device."`
	Text    bool   `help:"Show the seed as an otpauth:// URL and not as a QR code."`
	Replace bool   `help:"Delete a device of that name first which nobody has enabled."`
}

// enrolment is one run of it.
type enrolment struct {
	*MFAEnroll
	app      *App
	terminal *term.Terminal // nil: there is none, and none is needed
	written  bool           // the PNG file
}

// Run looks at all that can refuse before anything is made.
func (m *MFAEnroll) Run(ctx context.Context, app *App) error {
	device, _, err := app.device(m.Profile)
	if err != nil {
		return err
	}
	e := &enrolment{MFAEnroll: m, app: app}
	if err := e.checkFile(); err != nil {
		return err
	}
	if err := e.openTerminal(); err != nil {
		return err
	}
	if e.terminal != nil {
		defer e.terminal.Close()
	}
	enrolled, err := provider.Enroll(ctx, provider.Enrollment{
		MFADevice: device, Name: clean(m.Name), Store: m.Store, Replace: m.Replace,
		Show:   e.show,
		Codes:  e.codes,
		Linger: e.linger,
		Save:   func(serial string) error { return app.saveSerial(ctx, m.Profile, serial) },
	})
	switch {
	case err == nil:
		return e.report(enrolled)
	case e.written && enrolled.Serial == "":
		_ = os.Remove(m.QR) // of a device that there is not
	default:
		e.warnOfPicture()
	}
	return err
}

// linger takes the time that AWS needs, after a signal.
func (e *enrolment) linger() {
	e.app.Linger()
	e.app.Note("seeing to it that no device is left half made; a second Ctrl-C ends that")
}

func (e *enrolment) warnOfPicture() {
	if e.written {
		e.app.Note(fmt.Sprintf("%q holds the seed: remove it once it is scanned", e.QR))
	}
}

func (e *enrolment) checkFile() error {
	if e.QR == "" {
		return nil
	}
	if _, err := os.Lstat(e.QR); err == nil {
		return e.exists()
	}
	return nil
}

func (e *enrolment) exists() error {
	return fault.New(fault.Usage, fmt.Sprintf("%q exists, and is not overwritten", e.QR), "name another file with --qr, or remove that one")
}

// openTerminal opens the terminal, which is needed for a person's codes.
func (e *enrolment) openTerminal() (err error) {
	const instead = "keep the seed in the keychain: --store"
	if e.app.noInput(false) {
		if e.Store {
			return nil
		}
		return fault.New(fault.Person, "AWSMINT_NO_INPUT forbids asking for the codes of the new device", instead)
	}
	if e.terminal, err = openTerminal("to show the seed and to ask for two codes", instead); err != nil && e.Store {
		return nil
	}
	return err
}

// show brings the seed to the person's phone.
func (e *enrolment) show(made provider.NewDevice) error {
	code, err := qrcode.New(made.URL)
	if err != nil {
		return err
	}
	if e.QR != "" {
		if err := e.write(code); err != nil {
			return err
		}
	}
	if e.terminal == nil {
		return nil
	}
	if e.Text || e.terminal.Columns() < code.Columns() {
		return e.terminal.Print("Give this to an authenticator app, and to nobody else:\n" + made.URL.Reveal())
	}
	if err := e.terminal.Print("Scan this with an authenticator app:"); err != nil {
		return err
	}
	coloured := e.terminal.Coloured(e.app.Getenv)
	return e.terminal.Picture(code.HalfBlocks(coloured), coloured)
}

// write makes the PNG file, there and then: a copy elsewhere would hold the
// seed too.
func (e *enrolment) write(code qrcode.Code) error {
	picture, err := code.PNG()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(e.QR, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return e.exists()
	}
	if err == nil {
		e.written = true
		_, err = file.Write(picture)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return fault.Wrap(err, fault.Failure, fmt.Sprintf("the QR code can't be written: %v", err), "name another file with --qr")
	}
	return nil
}

// maxMistyped is how often something else than six digits may be typed.
const maxMistyped = 3

// codes asks for two codes in a row. They are not echoed: terminals are shared
// and recorded.
func (e *enrolment) codes(ctx context.Context, again bool) (first, second secret.String, err error) {
	if again {
		if err := e.terminal.Print("AWS did not accept these codes. Wait for a new one, and type two that follow each other."); err != nil {
			return first, second, err
		}
	}
	if first, err = e.code(ctx, "The code that the app shows: ", first); err != nil {
		return first, second, err
	}
	second, err = e.code(ctx, "The next one, within 30 s: ", first)
	return first, second, err
}

func (e *enrolment) code(ctx context.Context, prompt string, before secret.String) (secret.String, error) {
	for range maxMistyped {
		typed, err := e.terminal.ReadSecret(ctx, prompt)
		if errors.Is(err, term.ErrCancelled) {
			err = fault.Wrap(err, fault.Person, "cancelled", "")
		}
		if err != nil {
			return secret.String{}, err
		}
		code, err := mfa.ParseCode(typed.Reveal())
		note := "That is the same code: wait until the app shows another."
		switch {
		case err != nil:
			note = "A code has six digits."
		case code != before:
			return code, nil
		}
		if err := e.terminal.Print(note); err != nil {
			return secret.String{}, err
		}
	}
	return secret.String{}, fault.New(fault.Person, fmt.Sprintf("%d answers were not the codes that were asked for", maxMistyped), "")
}

func (e *enrolment) report(enrolled provider.Enrolled) error {
	if enrolled.Resumed {
		e.app.Note("an interrupted enrolment was finished; its QR code is not shown again")
	}
	e.warnOfPicture()
	seed, cost := "on your phone alone; awsmint does not keep it", ""
	if e.Store {
		seed, cost = "in the keychain", seedCost(e.Profile)
	}
	_, err := fmt.Fprintf(e.app.report(), "MFA:     %s\nseed:    %s\nprofile: %s in %s\n%s", enrolled.Serial, seed, e.Profile, tilde(e.app.Paths.Config), cost)
	return err
}
