package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// Each command gets the key once; one that fails gets it again in the next run,
// and those after it.
func TestPublishingGoesOnWhereItFailed(t *testing.T) {
	r := newRotator(t, true)
	var ran []string
	fails := "second"
	publish := func(rotation *provider.Rotation) {
		rotation.Publish = []string{"first", "second", "third"}
		rotation.Run = func(_ context.Context, command string, key secret.String) error {
			ran = append(ran, command)
			if command == fails {
				return errors.New("it is not there")
			}
			return nil
		}
	}
	_, err := r.rotate(publish)
	wantFault(t, err, fault.Failure, "publish command 2 of 3 did not take the new key: it is not there", "is stored", "both are valid", "run: awsmint rotate work")
	for _, key := range r.sts.AccessKeys("alice") {
		if !key.Active {
			t.Error("both keys are to stay valid")
		}
	}
	if r.item("work").AccessKeyID != r.user.AccessKeyID {
		t.Error("the new key is in use already")
	}
	fails = ""
	r.mustRotate(publish)
	if want := []string{"first", "second", "second", "third"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q, want %q", ran, want)
	}
	r.wantOneKey(r.user.AccessKeyID)
	r.wantEvents("created", "works", "published", "works", "published", "published", "switched", "deactivated", "deleted")
}

func TestWhatIsPublished(t *testing.T) {
	r := newRotator(t, false)
	var text string
	r.mustRotate(func(rotation *provider.Rotation) {
		rotation.Publish = []string{"x"}
		rotation.Run = func(_ context.Context, _ string, key secret.String) error { text = key.Reveal(); return nil }
	})
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil || strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
		t.Fatalf("not a line of JSON: %v", err)
	}
	made := r.sts.AccessKeys("alice")[0]
	want := map[string]any{
		"Version": 1.0, "Profile": "work", "AccessKeyId": made.ID, "SecretAccessKey": made.Secret,
		"PreviousAccessKeyId": r.user.AccessKeyID, "Arn": r.user.ARN, "CreateDate": made.Created.Format(time.RFC3339),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPublishingThatTakesTooLong(t *testing.T) {
	r := newRotator(t, false)
	_, err := r.rotate(func(rotation *provider.Rotation) {
		rotation.Publish, rotation.PublishTimeout = []string{"x"}, time.Millisecond
		rotation.Run = func(ctx context.Context, _ string, _ secret.String) error {
			<-ctx.Done()
			return errors.New("signal: killed")
		}
	})
	wantFault(t, err, fault.Failure, "it did not finish within", "both are valid")
	if r.item("work").Rotation.Step != keychain.RotationPending {
		t.Error("the new key is not stored")
	}
}

// A run that goes on without a command which has not taken the key would leave
// whatever that is for with a deleted one.
func TestPublishingIsNotForgotten(t *testing.T) {
	r := newRotator(t, false)
	_, err := r.rotate(func(rotation *provider.Rotation) {
		rotation.Publish = []string{"first"}
		rotation.Run = func(context.Context, string, secret.String) error { return errors.New("not now") }
	})
	wantFault(t, err, fault.Failure, "did not take the new key")
	_, err = r.rotate(func(*provider.Rotation) {})
	wantFault(t, err, fault.Usage, "a publish command of the earlier run has not taken the new key", "--publish", "--no-publish")
	for _, key := range r.sts.AccessKeys("alice") {
		if !key.Active {
			t.Error("both keys are to stay valid")
		}
	}
	r.mustRotate(func(rotation *provider.Rotation) { rotation.NoPublish = true })
	if keys := r.sts.AccessKeys("alice"); len(keys) != 1 {
		t.Errorf("%d keys", len(keys))
	}
}
