package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	smithy "github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
)

// call is what an error message needs to know of the request that failed.
type call struct {
	action   string // "GetSessionToken"
	profile  string
	keyID    string // of the long-term key
	entered  bool   // the key was just entered, and is not stored yet
	serial   string // sent, or empty
	way      string // where the code came from, or empty
	role     *Role  // that was to be assumed, or nil
	service  string // that was asked; empty: STS
	endpoint string // as set; empty: the region's own
	region   string
	from     string // the setting that region is from; empty: it is a default
	duration string // the setting that the duration is from; empty: awsmint_duration
	started  time.Time
	now      func() time.Time
}

// explain turns what the SDK says into a fact and what to do about it. Nothing
// of the request is quoted but names, so no secret can come along.
func (c call) explain(ctx context.Context, err error) error {
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() != noCode {
		return c.explainRefusal(err, short(api.ErrorCode()), short(api.ErrorMessage()))
	}
	if ended := ctx.Err(); ended != nil {
		// Whatever the transport says when it is cut off in the middle of an
		// answer, this is why.
		err = errors.Join(err, ended)
	}
	return c.explainSilence(err)
}

// noCode is the SDK's word for an answer that names no error, which is none of
// AWS's: a proxy's page, or that of another service.
const noCode = "UnknownError"

// maxQuoted bounds what is quoted of an answer, in bytes: with the hint, a
// message stays under 1 KiB.
const maxQuoted = 300

// short makes one line of what came in an answer.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxQuoted {
		text = strings.ToValidUTF8(text[:maxQuoted], "") + "…"
	}
	return text
}

// explainRefusal is for an answer of AWS that says no. The words looked for
// are AWS's own: the codes alone do not tell these cases apart.
func (c call) explainRefusal(err error, code, message string) error {
	has := func(words string) bool { return strings.Contains(message, words) }
	if c.role != nil {
		if explained := c.explainRole(err, code, message); explained != nil {
			return explained
		}
	}
	switch {
	case code == "AccessDenied" && has("invalid MFA one time pass code"):
		return c.invalidCode(err)
	case code == "AccessDenied" && has("unable to validate MFA code"):
		return c.refused(err,
			fmt.Sprintf("AWS knows no MFA device %q for the user of profile %q", c.serial, c.keyProfile()),
			"the IAM console shows the device's ARN under the user's security credentials (arn:aws:iam::ACCOUNT:mfa/NAME); set it as awsmint_mfa_serial in the profile")
	case code == "AccessDenied" && has("must provide both MFA serial number and one time pass code"):
		return c.refused(err,
			fmt.Sprintf("AWS wants an MFA code, and profile %q names no device", c.profile),
			"set awsmint_mfa_serial = arn:aws:iam::ACCOUNT:mfa/NAME in the profile")
	case code == "InvalidClientTokenId":
		return c.refused(err,
			fmt.Sprintf("AWS does not know the access key %s of profile %q", LastFour(c.keyID), c.keyProfile()),
			"it was deleted, disabled, or belongs to another partition; look at it in the IAM console, "+c.enterAgain())
	case has("Signature expired") || has("Signature not yet current") || code == "RequestTimeTooSkewed" || code == "RequestExpired":
		return c.wrongClock(err)
	case has("Credential should be scoped to a valid region"):
		return c.refused(err,
			fmt.Sprintf("%s is not an endpoint of the region %q", c.where(), c.region),
			fmt.Sprintf("set region in profile %q to the endpoint's own", c.profile))
	case code == "SignatureDoesNotMatch" || code == "IncompleteSignature":
		return c.refused(err,
			fmt.Sprintf("the secret access key for %s (profile %q) is not the one that AWS has", LastFour(c.keyID), c.keyProfile()),
			"it was mistyped or belongs to another key: copy it again, "+c.enterAgain())
	case code == "ExpiredToken" || code == "ExpiredTokenException":
		return c.refused(err,
			fmt.Sprintf("the session of profile %q has expired", c.profile),
			"run: awsmint login "+c.profile+" --force")
	case code == "RegionDisabledException":
		return c.refused(err,
			fmt.Sprintf("STS is turned off in the region %q of this account", c.region),
			fmt.Sprintf("set another region in profile %q, or have the account's administrator activate STS there", c.profile))
	case code == "ValidationError" && (has("DurationSeconds") || has("durationSeconds")):
		return c.refused(err, "AWS refused the duration: "+message, "give another duration: "+c.durationFrom())
	case passing(err, code):
		return fault.Wrap(err, fault.Network,
			fmt.Sprintf("AWS could not answer %s: %s (%s)", c.action, message, code),
			"this is temporary; run the same command again in a moment")
	case code == "AccessDenied":
		return c.refused(err, fmt.Sprintf("AWS refused %s for the user of profile %q: %s", c.action, c.profile, message),
			"a policy of the user or the organisation denies it; ask whoever looks after the account")
	}
	return c.refused(err, fmt.Sprintf("AWS refused %s for profile %q: %s (%s)", c.action, c.profile, message, code),
		"those are AWS's words; check the profile's settings, and the user in the IAM console")
}

// durationFrom is the setting that says how long the credentials are to live.
func (c call) durationFrom() string {
	return firstSet(c.duration, fmt.Sprintf("awsmint_duration in profile %q", c.profile))
}

// enterAgain is how to give another key.
func (c call) enterAgain() string {
	if c.entered {
		return "then run the same command again"
	}
	return "then run: awsmint add " + c.keyProfile() + " --force"
}

func (c call) refused(err error, fact, hint string) error {
	return fault.Wrap(err, fault.Refused, fact, hint)
}

// invalidCode also wraps mfa.ErrRefused, which lets a person try again.
func (c call) invalidCode(err error) error {
	hint := "each code works once, wherever it was used; wait for the next one and run the same command again"
	if c.way == mfa.NameSeed {
		hint = "check this machine's clock; if it is right, the code was used elsewhere a moment ago, or the stored seed belongs to another device than " + c.serial
	}
	if c.way == mfa.NameProcess {
		hint = "the command in awsmint_mfa_process printed it: check that it asks for the device " + c.serial
	}
	return c.refused(errors.Join(mfa.ErrRefused, err), fmt.Sprintf("AWS did not accept the MFA code for profile %q", c.profile), hint)
}

// wrongClock measures by how much, from the Date header of the answer.
func (c call) wrongClock(err error) error {
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.HTTPResponse() != nil {
		if theirs, parseErr := http.ParseTime(response.HTTPResponse().Header.Get("Date")); parseErr == nil {
			skew, way := c.now().Sub(theirs), "ahead of"
			if skew < 0 {
				skew, way = -skew, "behind"
			}
			return c.refused(err, fmt.Sprintf("this machine's clock is %s %s AWS's, which allows 15 minutes", Span(skew), way), clockHint)
		}
	}
	return c.refused(err, "this machine's clock is more than 15 minutes off AWS's", clockHint)
}

// throttlingCodes and the 5xx statuses are what AWS says in passing.
var throttlingCodes = map[string]bool{
	"Throttling": true, "ThrottlingException": true, "ThrottledException": true,
	"RequestThrottled": true, "RequestThrottledException": true, "TooManyRequestsException": true, "TooManyRequestsError": true,
	"RequestLimitExceeded": true, "SlowDown": true, "PriorRequestNotComplete": true,
	"ServiceUnavailable": true, "InternalFailure": true, "InternalError": true,
}

func passing(err error, code string) bool {
	var response *awshttp.ResponseError
	return throttlingCodes[code] || errors.As(err, &response) && response.HTTPStatusCode() >= 500
}

// LastFour shows an access key id as awsmint does everywhere: enough to know
// it by.
func LastFour(keyID string) string {
	if len(keyID) > 4 {
		return "…" + keyID[len(keyID)-4:]
	}
	return keyID
}
