package provider

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/awsmint/awsmint/internal/keychain"
)

// create has AWS make a new key and stores it beside the old one. That it is
// about to is written down first: should the answer be lost, or the run end
// before the key is stored, its secret is gone, and the key is known by the
// time at which it was made.
func (r *rotating) create(ctx context.Context) error {
	keys, now, err := r.list(ctx)
	if err != nil {
		return err
	}
	if keys, err = r.clearStrays(ctx, keys); err != nil {
		return err
	}
	if keys, err = r.makeRoom(ctx, keys, now); err != nil {
		r.tidy(ctx, r.live())
		return err
	}
	left, err := r.intend(ctx, keys)
	if err != nil {
		return err
	}
	made, err := r.createKey(ctx, left)
	switch {
	case err == nil:
		r.tell(KeyCreated, made.AccessKeyID)
		return r.keep(ctx, made)
	case madeNothing(err):
		r.abandon(ctx)
		if apiCode(err) == "LimitExceeded" {
			return r.awaitList(ctx, len(keys), err)
		}
		return err
	}
	return r.settle(ctx, err)
}

// intend notes the attempt that follows, and how much is left of the time that
// it may take. Should the keychain be slow, somebody being asked to unlock it,
// it is noted once more: the shorter that time, the fewer keys can be mistaken
// for the one that is made in it.
func (r *rotating) intend(ctx context.Context, keys []UserKey) (left time.Duration, err error) {
	earlier, attempt := r.live(), keychain.Attempt{}
	for _, key := range keys {
		attempt.Known = append(attempt.Known, key.ID)
	}
	for range 2 {
		began := r.awsNow()
		attempt.From, attempt.Until = began.Truncate(time.Second), began.Add(r.Options.Timeout+lateSlack)
		if err := r.note(ctx, append(slices.Clip(earlier), attempt)); err != nil {
			return 0, err
		}
		if left = r.Options.Timeout - r.awsNow().Sub(began); left > r.Options.Timeout/2 {
			break
		}
	}
	r.result.Began = r.item.Rotation.Began
	return left, nil
}

// note writes down which attempts are open; none closes the journal.
func (r *rotating) note(ctx context.Context, attempts []keychain.Attempt) error {
	if len(attempts) == 0 {
		if r.item.Rotation == nil {
			return nil
		}
		return r.write(ctx, nil)
	}
	return r.write(ctx, &keychain.Rotation{Step: keychain.RotationCreating, Began: attempts[0].From, Attempts: attempts})
}

// tidy is note where something else is told of. If it fails, the next run finds
// out the same.
func (r *rotating) tidy(ctx context.Context, attempts []keychain.Attempt) {
	if err := r.note(ctx, attempts); err != nil {
		r.Options.Log.Debug("the journal stays open", "error", err)
	}
}

// abandon forgets this run's attempt where it is certain that nothing of it is
// left: no later key can then be taken for what it made.
func (r *rotating) abandon(ctx context.Context) {
	attempts := r.item.Rotation.Attempts
	r.tidy(ctx, attempts[:len(attempts)-1])
}

// madeNothing reports whether AWS has certainly not carried out a request: it
// has refused it, or was never reached.
func madeNothing(err error) bool {
	if code := apiCode(err); code != "" && code != noCode {
		var response *awshttp.ResponseError
		return errors.As(err, &response) && response.HTTPStatusCode()/100 == 4
	}
	return neverConnected(err) == aws.TrueTernary || hopeless(err) == aws.FalseTernary
}

// How it is looked whether AWS made a key whose secret was lost: some times,
// since IAM's list may lag behind, and not for long, since the next run looks
// too.
const (
	settleTime = 15 * time.Second
	settleMost = 4 * time.Second // between two looks
)

// settle is for an answer of CreateAccessKey that is lost: AWS may have made a
// key, and that goes if it is found. The error stays that of the lost answer.
func (r *rotating) settle(ctx context.Context, lost error) error {
	r.narrow(ctx, lost)
	looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	for pause := firstPause; ; pause *= 2 {
		keys, _, err := r.list(looking)
		if err != nil {
			return lost
		}
		if _, err := r.clearStrays(looking, keys); err != nil {
			return alsoSaying(lost, err)
		}
		if r.item.Rotation == nil || pause > settleMost || ctx.Err() != nil || r.Wait(looking, pause) != nil {
			return lost
		}
	}
}

// narrow notes that an attempt ended before its time. What AWS has done by then
// it did before it answered, if it did answer.
func (r *rotating) narrow(ctx context.Context, lost error) {
	slack := lateSlack
	var answer *awshttp.ResponseError
	if errors.As(lost, &answer) && answer.HTTPStatusCode() != 0 {
		slack = clockSlack
	}
	attempts := slices.Clone(r.item.Rotation.Attempts)
	last := &attempts[len(attempts)-1]
	if ended := r.awsNow().Add(slack); ended.Before(last.Until) {
		last.Until = ended
	}
	r.tidy(ctx, attempts)
}

// keep stores the new key beside the old one. Where it can't be stored, nobody
// will ever know its secret again, and it goes.
func (r *rotating) keep(ctx context.Context, made keychain.KeyPair) error {
	journal := &keychain.Rotation{Step: keychain.RotationPending, Began: r.item.Rotation.Began, Pending: made}
	for _, command := range r.Publish {
		journal.Wanted = append(journal.Wanted, commandName(command))
	}
	err := r.write(ctx, journal)
	if err == nil {
		return nil
	}
	if r.discard(ctx, made.AccessKeyID) {
		r.abandon(ctx)
	}
	return err
}

// discard deletes a new key that is not in the keychain, and reports whether it
// did. It is done although the run is being cancelled.
func (r *rotating) discard(ctx context.Context, id string) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Options.Timeout)
	defer cancel()
	if err := r.drop(ctx, UserKey{ID: id}, KeyUnstored); err != nil {
		r.unkept = id
		r.Options.Log.Debug("the new key is not deleted", "error", err)
		return false
	}
	return true
}
