package provider

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
)

// Process is another program's credential_process: it is run as the SDKs run it,
// and what it prints is cached if it says when that expires.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
type Process struct {
	Command []string      // the program and its arguments
	Dir     string        // that it runs in, where the program is found from there; empty: the current one
	Window  time.Duration // the expiry window; 0: the default for its life

	// Raw lets the program's permanent key be handed out, if that is what it
	// prints. A session or a role on top of it may be made from one anyway.
	Raw bool

	profile string
	line    string // as it stands in the profile
}

// process is a profile's credential_process, which is not awsmint's own.
func (r *resolver) process(section *awsconfig.Section, line string) (Link, error) {
	const key = "credential_process"
	command, err := split(line)
	if err == nil && (len(command) == 0 || command[0] == "") {
		err = errors.New("it names no program")
	}
	if err == nil && isAssignment(command[0]) {
		// The value may be a secret.
		err = errors.New("it begins with a variable, which takes a shell")
	}
	if err != nil {
		return nil, at(section, key, fault.Wrap(err, fault.Usage, fmt.Sprintf("the command can't be read: %v", err),
			"write the program and its arguments as words with spaces between them, and quotes round a word that has spaces; a variable goes behind env: env NAME=value PROGRAM"))
	}
	p := &Process{Command: command, profile: section.Name(), line: line}
	if isRelative(command[0]) {
		if p.Dir, err = os.Getwd(); err != nil {
			return nil, at(section, key, fault.Wrap(err, fault.Failure,
				fmt.Sprintf("the program %q is to be found from the current directory, which is not there: %v", command[0], innermost(err)),
				"write the program's absolute path, or change to another directory"))
		}
	}
	if !isRole(section) {
		// How long the credentials live is the program's choice.
		p.Window, err = expiryWindow(section, math.MaxInt64)
	}
	return p, err
}

// isRelative reports whether a program is another one in each directory: not one
// that PATH finds, nor an absolute path.
func isRelative(program string) bool {
	return filepath.Base(program) != program && !filepath.IsAbs(program)
}

// isAssignment reports whether a word is one that a shell would take for a
// variable of the command's: NAME=value.
func isAssignment(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && consistsOf(name, "_")
}

// Profile is the section that the command stands in.
func (p *Process) Profile() string { return p.profile }

// Source is nil.
func (p *Process) Source() Link { return nil }

func (p *Process) kind() string { return "process" }

func (p *Process) shape(add func(name, value string)) {
	add("command", p.line)
	if p.Dir != "" {
		add("directory", p.Dir)
	}
}

func (p *Process) window() time.Duration { return p.Window }

func (p *Process) provider(o *Options, _ aws.CredentialsProvider) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		ctx, cancel := context.WithTimeout(ctx, o.Timeout)
		defer cancel()
		run := program{
			what:  fmt.Sprintf("the credential_process of profile %q", p.profile),
			gave:  "credentials",
			limit: maxProcessOutput,
		}
		command := child.Command(ctx, p.Command[0], p.Command[1:], o.Environ)
		command.Dir = p.Dir
		output, err := run.output(ctx, command)
		if err != nil {
			return aws.Credentials{}, err
		}
		credentials, err := parseProcess(output, o.Now())
		if err != nil {
			return aws.Credentials{}, run.failed(err, err.Error(),
				"run that command in a terminal to see what it prints; the AWS SDK reference (credential_process) says what it has to be")
		}
		return credentials, nil
	})
}

// handedOut is the provider of a chain's last link, whose credentials leave
// awsmint: a permanent key only where that was asked for. Other links show by
// themselves what they give, before they are asked.
func handedOut(last Link, from aws.CredentialsProvider) aws.CredentialsProvider {
	p, ok := last.(*Process)
	if !ok || p.Raw {
		return from
	}
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		credentials, err := from.Retrieve(ctx)
		if err == nil && credentials.SessionToken == "" {
			return aws.Credentials{}, fault.New(fault.Usage,
				fmt.Sprintf("the credential_process of profile %q gives a permanent key, without a session token", p.profile),
				"set awsmint_mfa_serial in the profile, so that a session is made of it, or assume a role with it; add --raw-key if the key itself is meant")
		}
		return credentials, err
	})
}
