package provider

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// The wait for a code does not count, whatever was made of the context.
func TestBudgetStandsStillWhileACodeIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		ctx, end := withBudget(t.Context(), 20*time.Second)
		defer end()
		<-time.After(5 * time.Second)
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		resume := pauseBudget(inner)
		<-time.After(29 * time.Second)
		resume()
		<-inner.Done()
		if spent := time.Since(started); spent != 49*time.Second {
			t.Errorf("it ended after %v; want 20s and the 29s of the wait", spent)
		}
		if !errors.Is(inner.Err(), context.DeadlineExceeded) || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("it ended with %v, %v; want the deadline's error", ctx.Err(), inner.Err())
		}
	})
}

// A role waits for the session that it is minted from: the wait for the code
// counts for neither.
func TestBudgetsInsideEachOtherStandStillTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		role, end := withBudget(t.Context(), 20*time.Second)
		defer end()
		<-time.After(5 * time.Second)
		session, endInner := withBudget(role, 20*time.Second)
		defer endInner()
		resume := pauseBudget(session)
		<-time.After(29 * time.Second)
		resume()
		<-session.Done()
		if spent := time.Since(started); spent != 49*time.Second || role.Err() == nil {
			t.Errorf("the session ended after %v, the role with %v; want 49s, when the role's own time is up", spent, role.Err())
		}
	})
}

func TestBudgetEndsWithItsParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithCancel(t.Context())
		ctx, end := withBudget(parent, 20*time.Second)
		defer end()
		cancel()
		<-ctx.Done()
		if !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("it ended with %v", ctx.Err())
		}
		pauseBudget(ctx)() // harmless now
	})
}
