package cli

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/doctor"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/keychain"
)

// Doctor finds what is wrong with credentials.
type Doctor struct {
	Profile string `arg:"" optional:"" help:"The profile to look at; otherwise all, those that have to do with awsmint more closely."`
	File    string `placeholder:"FILE" help:"Look at a .env file too."`
	Offline bool   `help:"Ask neither AWS nor any other machine."`
	JSON    bool   `name:"json" help:"Print JSON, with identifiers that stay the same."`
}

// doctorTimeout is how long AWS has for one answer: a person waits, and nothing
// is lost by trying again.
const doctorTimeout = 10 * time.Second

// Run prints what was found. It asks for nothing and changes nothing. The
// status is 0 only if all is well; a warning alone makes it 1 too.
func (d *Doctor) Run(ctx context.Context, app *App) error {
	options := app.keychainOptions(true, app.Environ)
	k, err := keychain.Open(options)
	if err != nil {
		return err
	}
	timeout, err := app.span("AWSMINT_TIMEOUT", doctorTimeout)
	if err != nil {
		return err
	}
	examiner := &doctor.Doctor{
		Profile: d.Profile, File: d.File, Offline: d.Offline,
		Surroundings: app.Surroundings, Getenv: app.Getenv, Environ: app.Environ,
		Keychain: k, Kernel: func() (time.Duration, error) { return keychain.CheckCopies(options) },
		Cache: app.cache(), Now: app.Now, Timeout: timeout,
		Line: func(profile string) (string, error) {
			program, err := ownPath(os.Args[0])
			if err != nil {
				return "", err
			}
			return processLine(program, profile)
		},
		ProcessSize: func(c aws.Credentials) int { return len(format.Process(c)) },
	}
	findings := examiner.Examine(ctx)
	if err := ctx.Err(); err != nil {
		return fault.Wrap(err, fault.Person, "the examination was interrupted", "")
	}
	report := diagnosis{findings, doctor.Count(findings, doctor.Error), doctor.Count(findings, doctor.Warning)}
	if d.JSON {
		err = report.printJSON(app)
	} else {
		err = report.print(app)
	}
	if err == nil && report.Errors+report.Warnings > 0 {
		err = reported{fault.New(fault.Failure, report.summary(), "")}
	}
	return err
}

// diagnosis is what is printed. As JSON it is part of awsmint's interface.
type diagnosis struct {
	Findings []doctor.Finding `json:"findings"`
	Errors   int              `json:"errors"`
	Warnings int              `json:"warnings"`
}

func (d diagnosis) printJSON(app *App) error {
	encoder := json.NewEncoder(app.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(d)
}
