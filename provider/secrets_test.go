package provider_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// TestNothingOfTheCacheIsReadable looks for what is secret in all files.
func TestNothingOfTheCacheIsReadable(t *testing.T) {
	w := newWorld(t)
	got := w.mustMint(w.settings())
	for _, hidden := range []secret.String{
		secret.New(got.SecretAccessKey), secret.New(got.SessionToken), secret.New(got.AccessKeyID), secret.New(w.user.Seed),
		secret.New(w.user.SecretAccessKey), secret.New(w.user.Code(w.clock.Now())),
	} {
		w.wantNowhere(hidden)
	}
}

// wantNowhere checks that no file beside the cache holds a secret.
func (w *world) wantNowhere(hidden secret.String) {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.cache.Dir, "*"))
	if err != nil || len(files) < 3 {
		w.t.Fatalf("%q, %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			w.t.Fatal(err)
		}
		if strings.Contains(string(data), hidden.Reveal()) {
			w.t.Errorf("%s holds a secret", filepath.Base(file))
		}
	}
}

// TestLogHoldsNoSecret follows a miss, a hit and a renewal that fails.
func TestLogHoldsNoSecret(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	logged := func(o *provider.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	code := w.user.Code(w.clock.Now())
	got := w.mustMint(w.settings())
	for range 2 {
		if _, err := w.mint(w.settings(), logged); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(12*time.Hour - time.Minute)
	}
	for _, line := range []string{"cache hit", "not renewed, still valid"} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("%q is not in the log:\n%s", line, &log)
		}
	}
	for _, hidden := range []string{got.SecretAccessKey, got.SessionToken, w.user.SecretAccessKey, w.user.Seed, code} {
		if strings.Contains(log.String(), hidden) {
			t.Errorf("a secret is in the log:\n%s", &log)
		}
	}
}
