package provider

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/signin/types"
	smithy "github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/fault"
)

func (l *Login) broken(path string, err error) error {
	return fault.Wrap(err, fault.Person, fmt.Sprintf("the file of the login session of profile %q is broken: %q", l.profile, path), l.again())
}

func (l *Login) notKept(path string, err error) error {
	return fault.Wrap(err, fault.Failure, fmt.Sprintf("the renewed login session of profile %q can't be kept: %v", l.profile, innermost(err)),
		fmt.Sprintf("check that the disk has room and that you may write to %q; then %s", filepath.Dir(path), l.again()))
}

func (l *Login) again() string { return "run: aws login --profile " + l.profile }

// watchedSignin keeps what AWS said: the SDK makes a text of it.
type watchedSignin struct {
	client *signin.Client
	asked  bool
	err    error
}

func (w *watchedSignin) CreateOAuth2Token(ctx context.Context, input *signin.CreateOAuth2TokenInput, options ...func(*signin.Options)) (output *signin.CreateOAuth2TokenOutput, err error) {
	w.asked = true
	output, w.err = w.client.CreateOAuth2Token(ctx, input, options...)
	return output, w.err
}

// asItIs renews nothing.
type asItIs struct{}

func (asItIs) CreateOAuth2Token(context.Context, *signin.CreateOAuth2TokenInput, ...func(*signin.Options)) (*signin.CreateOAuth2TokenOutput, error) {
	return nil, errors.New("not to be renewed")
}

// explain tells apart what AWS said, and what the SDK found wrong with the
// file before it asked or afterwards.
func (l *Login) explain(ctx context.Context, call call, path string, asked *watchedSignin, err error) error {
	var denied *types.AccessDeniedException
	var api smithy.APIError
	switch said := asked.err; {
	case said == nil && !asked.asked:
		return l.broken(path, err)
	case said == nil:
		return l.notKept(path, err)
	case errors.As(said, &denied) && denied.Error_ == types.OAuth2ErrorCodeInsufficientPermissions:
		return fault.Wrap(said, fault.Refused, fmt.Sprintf("%s is not allowed to refresh its login session", l.Session),
			"it needs the permission signin:CreateOAuth2Token (AWS's policy SignInLocalDevelopmentAccess has it)")
	case errors.As(said, &denied):
		return fault.Wrap(said, fault.Person, fmt.Sprintf("the login session of profile %q has ended", l.profile), l.again())
	case errors.As(said, &api) && api.ErrorCode() != noCode && !passing(said, api.ErrorCode()):
		return fault.Wrap(said, fault.Person, fmt.Sprintf("AWS did not refresh the login session of profile %q: %s (%s)",
			l.profile, short(api.ErrorMessage()), short(api.ErrorCode())), l.again())
	default:
		return call.explain(ctx, said)
	}
}
