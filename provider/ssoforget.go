package provider

import (
	"context"
	"time"
)

// signOutTimeout bounds the word to the access portal: a sign-out without a
// network is one all the same.
const signOutTimeout = 3 * time.Second

// ForgetSSO removes the sign-in of an IAM Identity Center from the cache, and
// what is being made of it, and tells the access portal that it is over. What
// `aws sso login` left is the AWS CLI's and stays. It returns how many entries
// there were; the error is that of removing them, never the portal's.
func ForgetSSO(ctx context.Context, at *SSO, o Options) (removed int, err error) {
	o = o.withDefaults()
	tokens := o.ssoTokens(at)
	// Without the keychain there is no token to sign out with.
	plain, _, ok, _ := tokens.read(ctx)
	removed, err = o.Cache.RemoveScope(SSOScope(at))
	if ours := decodeSignedIn(plain); ok && ours.usable(o.Now(), 0) && at.Client.ready() == nil {
		ctx, cancel := context.WithTimeout(ctx, signOutTimeout)
		defer cancel()
		if err := tokens.center.signOut(ctx, ours.access); err != nil {
			tokens.log.Debug("not signed out at the access portal", "error", err)
		}
	}
	return removed, err
}
