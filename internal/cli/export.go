package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
)

// Export prints credentials for shells and programs, or writes them into a
// .env file.
type Export struct {
	Source
	Format     string `placeholder:"FORMAT" help:"env, env-no-export, fish, powershell, windows-cmd, process, dotenv, json, or github-actions, which appends to $GITHUB_ENV. Your shell's otherwise."`
	WithRegion bool   `help:"Export AWS_REGION and AWS_DEFAULT_REGION too."`
	Show       bool   `help:"Print the secrets although stdout is a terminal."`
	RawKey     bool   `help:"Export the profile's permanent key itself, without a session."`
	File       string `placeholder:"FILE" help:"Write them into this .env file, whose other lines stay as they are."`
	Watch      bool   `help:"With --file: keep running and renew them in time."`
	Clear      bool   `help:"With --file: empty the values; with --watch too, when it ends."`
	Strict     bool   `help:"With --file: refuse a file that git would take into a repository."`
}

// Run prints, writes, or watches.
func (e *Export) Run(ctx context.Context, app *App) error {
	if err := e.check(); err != nil {
		return err
	}
	file := &envFile{path: e.File, app: app}
	if e.Clear && !e.Watch {
		return file.clear(ctx)
	}
	supply, err := e.open(app, e.RawKey)
	if err != nil {
		return err
	}
	if e.File != "" {
		return e.toFile(ctx, app, supply, file)
	}
	f, err := e.format(app)
	if err != nil {
		return err
	}
	if !e.WithRegion {
		supply.region = ""
	}
	values, err := supply.retrieve(ctx)
	if err != nil {
		return err
	}
	if f == format.GitHubActions {
		return toGitHub(app, values)
	}
	return e.print(app, f, values)
}

// check refuses flags that do nothing together.
func (e *Export) check() error {
	alone := func(flag string) error {
		return fault.New(fault.Usage, flag+" goes with --file only", "name the file: --file .env.local")
	}
	switch {
	case e.File != "" && (e.Format != "" || e.Show || e.WithRegion):
		return fault.New(fault.Usage, "--file takes no --format, --show or --with-region", "leave them out: a .env file has one form, and has the region")
	case e.File == "" && e.Watch:
		return alone("--watch")
	case e.File == "" && e.Clear:
		return alone("--clear")
	case e.File == "" && e.Strict:
		return alone("--strict")
	}
	return nil
}

func (e *Export) format(app *App) (format.Format, error) {
	if e.Format == "" {
		return format.ForShell(app.Getenv), nil
	}
	return format.Format(e.Format), format.Check(format.Format(e.Format))
}

// print writes to stdout; on a terminal the secrets are masked, since whoever
// looks over a shoulder, or at a recording, would have them.
func (e *Export) print(app *App, f format.Format, values format.Values) error {
	if app.columns() == 0 || e.Show {
		text, err := format.Bytes(f, values)
		if err == nil {
			_, err = app.Stdout.Write(text)
		}
		return err
	}
	text, err := format.Masked(f, values)
	if err != nil {
		return err
	}
	if _, err := app.Stdout.Write(text); err != nil {
		return err
	}
	app.Note("the secrets are masked on a terminal (--show prints them). " + howToUse(f, e.words()))
	return nil
}

// words are what to type again.
func (e *Export) words() string {
	text := "awsmint export"
	for _, word := range []string{e.Profile, flagWord("--local", e.Local), flagWord("--service", e.Service), flagWord("--format", e.Format)} {
		if word != "" {
			text += " " + word
		}
	}
	if e.WithRegion {
		text += " --with-region"
	}
	return text
}

func flagWord(flag, value string) string {
	if value == "" {
		return ""
	}
	return flag + " " + value
}

// howToUse says how a shell takes what the command prints.
func howToUse(f format.Format, command string) string {
	switch f {
	case format.Env, format.EnvNoExport:
		return fmt.Sprintf("To set them in this shell: eval \"$(%s)\"", command)
	case format.Fish:
		return "To set them in this shell: " + command + " | source"
	case format.PowerShell:
		return "To set them in this shell: " + command + " | Invoke-Expression"
	case format.WindowsCmd:
		return fmt.Sprintf("To set them in this shell: for /f \"delims=\" %%i in ('%s') do @%%i", command)
	}
	return "To write them to a file: " + command + " > FILE"
}

// toGitHub passes the credentials on to the later steps of a job: masked in
// its log first, then in its environment.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func toGitHub(app *App, values format.Values) error {
	path := app.Getenv("GITHUB_ENV")
	if path == "" {
		return fault.New(fault.Usage, "GITHUB_ENV is not set: this is no step of GitHub Actions", "choose another format")
	}
	masks, err := format.Masks(values)
	if err != nil {
		return err
	}
	lines, err := format.Bytes(format.GitHubActions, values)
	if err != nil {
		return err
	}
	if _, err := app.Stdout.Write(masks); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = file.Write(lines)
		if closing := file.Close(); err == nil {
			err = closing
		}
	}
	if err != nil {
		return fault.Wrap(err, fault.Failure, fmt.Sprintf("GITHUB_ENV can't be written: %v", err), "look at the runner")
	}
	return nil
}

// toFile writes the .env file, and keeps it fresh where that is asked for.
func (e *Export) toFile(ctx context.Context, app *App, s *supply, file *envFile) error {
	if err := file.check(ctx, e.Strict); err != nil {
		return err
	}
	values, err := s.retrieve(ctx)
	if err != nil {
		return err
	}
	if err := file.write(ctx, values); err != nil {
		return err
	}
	if !e.Watch {
		_, err := fmt.Fprintf(app.Stderr, "%s: %s, %s\n", e.File, s.what, lasting(values.Credentials, app.Now()))
		return err
	}
	watch := &watch{file: file, supply: s}
	watch.run(ctx, values)
	if !e.Clear {
		return nil
	}
	return file.clear(context.WithoutCancel(ctx))
}
