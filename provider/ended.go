package provider

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
)

// clockHint is how to set a clock right.
const clockHint = "set the clock right (Linux: timedatectl set-ntp true; WSL: sudo hwclock -s) and run the same command again"

// checkEnd refuses to hand out credentials that ended before anybody had them:
// SDKs would ask for others without end. AWS tells a clock that is ahead where
// a request is signed; the access portal and AssumeRoleWithWebIdentity look at
// no clock. What a role is assumed with is not looked at: that request is
// signed, and the metadata service may give credentials that AWS takes beyond
// their expiration.
func checkEnd(profile string, c aws.Credentials, now time.Time) error {
	if !c.CanExpire || now.Before(c.Expires) {
		return nil
	}
	return fault.New(fault.Refused,
		fmt.Sprintf("the new credentials of profile %q ended %s ago by this machine's clock, which must be ahead of AWS's", profile, Span(now.Sub(c.Expires))), clockHint)
}
