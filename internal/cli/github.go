package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
)

// toGitHub passes the credentials on to the later steps of a job: masked in
// its log first, then in its environment.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func (e *Export) toGitHub(ctx context.Context, app *App, s *supply) error {
	path := app.Getenv("GITHUB_ENV")
	switch {
	case path == "":
		return fault.New(fault.Usage, "GITHUB_ENV is not set: this is not a step of GitHub Actions", "choose another format")
	case app.columns() > 0 && !e.Show:
		return fault.New(fault.Usage, "stdout is a terminal, where the lines that mask the secrets in a log would show them",
			"leave this to a step of GitHub Actions, or add --show")
	}
	values, err := s.retrieve(ctx)
	if err != nil {
		return err
	}
	if e.Local == "" {
		// A step can't unset a variable. SDKs take an empty endpoint for none.
		for _, name := range app.outerEndpoints() {
			values.More = append(values.More, format.Variable{Name: name})
		}
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
	if err := appendLines(path, lines); err != nil {
		return fault.Wrap(err, fault.Failure, fmt.Sprintf("the file that GITHUB_ENV names can't be written: %v", err), "see what is wrong with the runner's disk")
	}
	return nil
}

// appendLines adds lines to a file. One that an earlier step has left without a
// line break at its end gets that first: the two would become one line.
func appendLines(path string, lines []byte) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if info, err := file.Stat(); err == nil && info.Size() > 0 {
		last := make([]byte, 1)
		if _, err := file.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			lines = append([]byte("\n"), lines...)
		}
	}
	_, err = file.Write(lines)
	return errors.Join(err, file.Close())
}
