package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/provider"
)

// Wish is what a command line may ask for beyond a profile's settings.
type Wish struct {
	RoleARN    string `name:"role-arn" placeholder:"ARN" help:"Assume this role with the profile's credentials."`
	ExternalID string `name:"external-id" placeholder:"ID" help:"The external id that the role's trust policy asks for."`
	Duration   string `placeholder:"TIME" help:"How long the credentials live: 30m, 3600, 8h. Roles live up to 12h straight from a key, 1h otherwise; a user's session up to 36h."`
}

// request is the wish for a profile.
func (w Wish) request(profile string) (provider.Request, error) {
	r := provider.Request{Profile: profile, RoleARN: w.RoleARN, ExternalID: w.ExternalID}
	if w.RoleARN == "" && w.ExternalID != "" {
		return r, fault.New(fault.Usage, "--external-id goes with --role-arn only", "name the role, or set awsmint_external_id in the profile")
	}
	if w.Duration == "" {
		return r, nil
	}
	var err error
	if r.Duration, err = provider.ParseSpan(w.Duration); err != nil {
		return r, fault.Wrap(err, fault.Usage, "--duration: "+err.Error(), fault.HintOf(err))
	}
	return r, nil
}

// words are the wish's, as they stand behind a command.
func (w Wish) words() (text string) {
	for _, flag := range [][2]string{{"--role-arn", w.RoleARN}, {"--external-id", w.ExternalID}, {"--duration", w.Duration}} {
		if flag[1] != "" {
			text += " " + flag[0] + " " + quoted(flag[1])
		}
	}
	return text
}

// hinted completes a hint that names the login of the profile: a login without
// the wish, in these words, would not get what was asked for.
func hinted(err error, profile, words string) error {
	login := "awsmint login " + profile
	before, after, ok := strings.Cut(fault.HintOf(err), login)
	if !ok || words == "" && quoted(profile) == profile || after != "" && !strings.ContainsAny(after[:1], " \n;,") {
		return err
	}
	return fault.Wrap(err, fault.StatusOf(err), err.Error(), before+"awsmint login "+quoted(profile)+words+after)
}

// Process prints credentials for an SDK. It is what the config file names as
// credential_process: on success stdout is one JSON object and stderr is
// empty, on failure the other way round, and stdin is never read.
type Process struct {
	Profile string `arg:"" help:"The profile to print credentials for."`
	Wish
	RawKey  bool `help:"Print the profile's permanent key itself, without a session."`
	NoInput bool `help:"Never ask for anything, fail instead; so does AWSMINT_NO_INPUT=1."`
}

// Run prints the credentials. They are cached before they are printed, so a
// reader that has gone leaves the next run a hit.
func (p *Process) Run(ctx context.Context, app *App) error {
	request, err := p.request(p.Profile)
	if err != nil {
		return err
	}
	if request.RawKey = p.RawKey; p.RawKey && p.RoleARN != "" {
		return fault.New(fault.Usage, "--raw-key and --role-arn exclude each other", "a role has no key of its own: leave one of them out")
	}
	run, err := app.begin(request, ask{noInput: app.noInput(p.NoInput)})
	if err != nil {
		return err
	}
	ctx, cancel := run.bounded(ctx)
	defer cancel()
	credentials, err := provider.New(run.link, run.options).Retrieve(ctx)
	if err != nil {
		return hinted(err, p.Profile, p.words())
	}
	_, err = app.Stdout.Write(format.Process(credentials))
	switch {
	case errors.Is(err, errClosed):
		return fault.Wrap(err, fault.Failure, "stdout is closed: the credentials can't be written",
			"they are in the cache; to mint without printing, run: awsmint login "+quoted(p.Profile)+p.words())
	case err != nil:
		return fault.Wrap(err, fault.Failure, err.Error(), "the credentials are in the cache; run the same command again")
	}
	return nil
}

// ParseProcess reads the command line that the config file holds, without the
// grammar: building that would be half of a hit's time. Whatever is not just a
// profile and --no-input is left to the grammar.
func ParseProcess(args []string) (p *Process, ok bool) {
	if len(args) < 2 || args[0] != "process" {
		return nil, false
	}
	p = &Process{}
	for _, arg := range args[1:] {
		switch {
		case arg == "--no-input":
			p.NoInput = true
		case arg == "" || arg[0] == '-' || p.Profile != "":
			return nil, false
		default:
			p.Profile = arg
		}
	}
	return p, p.Profile != ""
}
