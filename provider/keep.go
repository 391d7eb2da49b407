package provider

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/fault"
)

// Keep puts temporary credentials that were got elsewhere into the cache, as
// those that a link has now. They are handed out until they expire; what is
// minted for the link takes their place. It reads them back: an error means
// that they are not kept.
func Keep(ctx context.Context, link Link, credentials aws.Credentials, o Options) error {
	if credentials.SessionToken == "" || !credentials.CanExpire {
		return fault.New(fault.Usage, "only temporary credentials with an expiration can be kept", "")
	}
	o = o.withDefaults()
	c := o.cached(link).current()
	begun := c.cache.Generation(c.name.Scope)
	key, err := c.keys.getOrMake(ctx)
	if err != nil {
		return err
	}
	times := cache.Times{Issued: c.now(), Expires: credentials.Expires}
	if err := c.cache.Store(c.name, begun, key, times, encodeEntry(credentials)); err != nil {
		return fault.Wrap(err, fault.Failure, fmt.Sprintf("the credentials can't be kept in the cache: %v", err),
			fmt.Sprintf("see that %q can be written to, and run the same command again", c.cache.Dir))
	}
	if kept, err := c.lookUp(ctx); err != nil || kept.credentials.AccessKeyID != credentials.AccessKeyID {
		return fault.Wrap(err, fault.Failure, "the credentials were kept in the cache and can't be read back from it", "run the same command again")
	}
	return nil
}
