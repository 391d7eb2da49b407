package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/dotenv"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/provider"
)

// clearEnvFile empties the key's lines, unless another key stands there by now.
func (s *importStep) clearEnvFile(ctx context.Context) error {
	file := &envFile{path: s.run.EnvFile, app: s.app}
	return file.update(ctx, func(data []byte) ([]byte, error) {
		if id, _ := dotenv.Lookup(data, format.AccessKeyID); id.Reveal() != s.found.id() {
			return nil, fault.New(fault.Failure, fmt.Sprintf("%s:%d: there is another key by now", s.run.EnvFile, dotenv.Line(data, format.AccessKeyID)), "import that, or empty its lines by hand")
		}
		return dotenv.Clear(data, secretNames...), nil
	})
}

// tell says what was done for a profile.
func (s *importStep) tell() error {
	text := s.summary()
	if s.link != nil {
		text = fmt.Sprintf("session: %s, until %s (%s)\nprofile: %s in %s\n", keyName(provider.LastFour(s.key.AccessKeyID), s.identity.ARN),
			clock(s.credentials.Expires, s.app.Now()), left(s.credentials.Expires, s.app.Now()), s.Profile, tilde(s.app.Paths.Config))
	} else {
		s.warnOfChanges()
	}
	_, err := fmt.Fprint(s.app.report(), text)
	return err
}

// close says what is left to do once all keys are stored. It fails nothing.
func (r *imports) close(order []string) {
	var permanent []string
	for _, profile := range order {
		step := r.steps[profile]
		step.warnOfPlainText()
		if step.link == nil {
			permanent = append(permanent, profile)
		}
	}
	first := quoted(order[0])
	_, _ = fmt.Fprintf(r.app.report(), "Try it: aws sts get-caller-identity --profile %s\n", first)
	if len(permanent) > 0 {
		r.app.Note("copies of what was plain text may live on in backups and editors' files; give the keys up for new ones: awsmint rotate " + strings.Join(permanent, " "))
	} else {
		r.app.Note("when the session has ended, paste a new one: " + provider.PasteAgain(first))
	}
	if r.CSV != "" {
		r.app.Note(fmt.Sprintf("%q has the key still; when all works, delete it", r.CSV))
	}
	if r.EnvFile != "" {
		after := "has the key still; put a session in its place"
		if r.Clear {
			after = "has no key any more; to give it a session"
		}
		r.app.Note(fmt.Sprintf("%q %s: awsmint export %s --file %s", r.EnvFile, after, first, quoted(r.EnvFile)))
	}
	if r.From != "" {
		r.app.Note(fmt.Sprintf("%s has the key still; when all works: %s remove %s", r.From, r.From, first))
	}
}

// warnOfKept names what --keep has left, and who uses it.
func (s *importStep) warnOfKept() {
	config, err := awsconfig.Load(s.app.Paths)
	if err != nil {
		return
	}
	left, _ := keysInFiles(config, s.Profile)
	for i, f := range left {
		place := f.place(keycheck.AccessKeyID)
		users := "the SDKs for Go, JavaScript, Java and others use it"
		switch {
		case i > 0 && f.id() != left[0].id():
			s.app.Warn(fmt.Sprintf("another key of profile %q is at %s, and was not imported", s.Profile, place))
			continue
		case strings.HasPrefix(place, tilde(s.app.Paths.Credentials)+":"):
			users = "the AWS CLI, boto3 and " + users
		}
		s.app.Warn(fmt.Sprintf("the plaintext key of profile %q is still at %s: %s in the place of awsmint, and the SDK for .NET takes no such profile", s.Profile, place, users))
	}
}

// warnOfPlainText names the places where the secret stands in plain text yet.
func (s *importStep) warnOfPlainText() {
	if s.run.Keep {
		s.warnOfKept()
		return
	}
	for _, file := range s.run.files() {
		d, err := awsconfig.Open(file.path)
		if err != nil {
			continue
		}
		for _, line := range d.LinesWith(s.found.SecretAccessKey) {
			s.app.Warn(fmt.Sprintf("the secret of profile %q is also in line %d of %s, which was left as it is; take it out by hand, or import the profile that it belongs to", s.Profile, line, tilde(file.path)))
		}
	}
}
