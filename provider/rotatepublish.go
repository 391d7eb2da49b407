package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// publishedKey is what a command gets, on one line. The names are those of
// AWS's own APIs.
type publishedKey struct {
	Version             int // 1
	Profile             string
	AccessKeyID         string `json:"AccessKeyId"`
	SecretAccessKey     string
	PreviousAccessKeyID string `json:"PreviousAccessKeyId"`
	Arn                 string `json:",omitempty"`
	CreateDate          string `json:",omitempty"` // RFC 3339
}

const publishedVersion = 1

func (r *rotating) published(identity Identity) secret.String {
	pending := r.item.Rotation.Pending
	key := publishedKey{
		Version: publishedVersion, Profile: r.Profile, Arn: identity.ARN,
		AccessKeyID: pending.AccessKeyID, SecretAccessKey: pending.SecretAccessKey.Reveal(),
		PreviousAccessKeyID: r.item.AccessKeyID,
	}
	if !pending.CreatedAt.IsZero() {
		key.CreateDate = pending.CreatedAt.UTC().Format("2006-01-02T15:04:05Z")
	}
	// Marshal can't fail: strings and a number.
	line, _ := json.Marshal(key)
	return secret.New(string(line) + "\n")
}

// publish gives the new key to each command. One that has taken it is noted, so
// that a later run goes on with the one that did not. A run that ends between
// the two gives it the same key again.
func (r *rotating) publish(ctx context.Context, identity Identity) error {
	if err := r.checkWanted(); err != nil {
		return err
	}
	key := r.published(identity)
	for i, command := range r.Publish {
		name := commandName(command)
		if slices.Contains(r.item.Rotation.Published, name) {
			continue
		}
		if err := r.give(ctx, command, key); err != nil {
			return r.unpublished(ctx, i, err)
		}
		journal := *r.item.Rotation
		journal.Published = append(slices.Clip(journal.Published), name)
		if err := r.write(ctx, &journal); err != nil {
			return err
		}
		r.report(RotationProgress{Event: KeyPublished, KeyID: journal.Pending.AccessKeyID, Number: i + 1})
	}
	return nil
}

// checkWanted refuses to go on without the commands of the run that made the
// key: whatever they are for would be left with a key that is deleted.
func (r *rotating) checkWanted() error {
	missing := 0
	for _, name := range r.item.Rotation.Wanted {
		given := slices.ContainsFunc(r.Publish, func(command string) bool { return commandName(command) == name })
		if !given && !slices.Contains(r.item.Rotation.Published, name) {
			missing++
		}
	}
	if missing == 0 || r.NoPublish {
		return nil
	}
	commands := "a publish command of the earlier run has"
	if missing > 1 {
		commands = fmt.Sprintf("%d publish commands of the earlier run have", missing)
	}
	return fault.New(fault.Usage, commands+" not taken the new key",
		"give the same --publish again, or to go on without: awsmint rotate "+r.Profile+" --no-publish")
}

func (r *rotating) give(ctx context.Context, command string, key secret.String) error {
	ctx, cancel := context.WithTimeout(ctx, r.PublishTimeout)
	defer cancel()
	err := r.Run(ctx, command, key)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// commandName is what a command is known by in the journal, without the
// passwords that people write into such lines.
func commandName(command string) string {
	sum := sha256.Sum256([]byte(command))
	return hex.EncodeToString(sum[:8])
}

// unpublished tells which command failed, but not its text.
func (r *rotating) unpublished(ctx context.Context, i int, err error) error {
	if ctx.Err() != nil {
		return fault.Wrap(err, fault.Person, "cancelled", "")
	}
	how := err.Error()
	if errors.Is(err, context.DeadlineExceeded) {
		how = "it did not finish within " + Span(r.PublishTimeout)
	}
	return fault.Wrap(err, fault.Failure, fmt.Sprintf("publish command %d of %d did not take the new key: %s", i+1, len(r.Publish), how),
		"it gets a line of JSON with AccessKeyId and SecretAccessKey on its stdin, and must end with exit status 0; try it in a terminal")
}

// shell runs a command away from the terminal. What it prints is dropped, since
// that may hold the key, in whatever form.
func (r *rotating) shell(ctx context.Context, command string, key secret.String) error {
	cmd := child.Shell(ctx, command, r.Environ)
	cmd.Stdin = strings.NewReader(key.Reveal())
	child.Detach(cmd)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it left another program running
		return nil
	case errors.As(err, &exit):
		return errors.New(exit.String())
	}
	return fmt.Errorf("it can't be started: %w", innermost(err))
}
