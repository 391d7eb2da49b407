package browser_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/browser"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/secret"
)

const privatePage = "https://signin.aws.amazon.com/federation?SigninToken=hidden"

// noting is a browser that notes the address it is given in a file.
func noting(t *testing.T) (b *browser.Browser, file string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in is a shell script")
	}
	dir := t.TempDir()
	program, file := filepath.Join(dir, "browser"), filepath.Join(dir, "address")
	if err := lab.WriteProgram(program, "#!/bin/sh\nprintf %s \"$*\" >'"+file+".new'\nmv '"+file+".new' '"+file+"'\n"); err != nil {
		t.Fatal(err)
	}
	return &browser.Browser{
		Getenv: func(name string) string { return map[string]string{"BROWSER": program}[name] }, Environ: os.Environ(),
	}, file
}

// The browser's arguments show a page of this machine, which leads one visitor
// to the private one.
func TestAPrivatePageIsInNoArguments(t *testing.T) {
	b, file := noting(t)
	done := make(chan error, 1)
	go func() { done <- b.OpenPrivate(t.Context(), secret.New(privatePage)) }()
	address := waitForFile(t, file)
	if !strings.HasPrefix(address, "http://127.0.0.1:") || strings.Contains(address, "hidden") {
		t.Fatalf("the browser was given %q", address)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(url, host string) (int, string) {
		request, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		answer, err := client.Do(request)
		if err != nil {
			return 0, ""
		}
		defer answer.Body.Close()
		return answer.StatusCode, answer.Header.Get("Location")
	}
	if status, _ := get(address+"x", ""); status != http.StatusNotFound {
		t.Errorf("another path: status %d", status)
	}
	if status, _ := get(address, "localhost.example"); status != http.StatusNotFound {
		t.Errorf("another host: status %d", status)
	}
	if status, location := get(address, ""); status != http.StatusSeeOther || location != privatePage {
		t.Errorf("status %d to %q", status, location)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if status, _ := get(address, ""); status == http.StatusSeeOther {
		t.Error("a second visitor is led on too")
	}
}

func TestABrowserThatDoesNotCome(t *testing.T) {
	b, _ := noting(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := b.OpenPrivate(ctx, secret.New(privatePage))
	if fault.StatusOf(err) != fault.Person || !strings.Contains(fault.HintOf(err), "--print") || strings.Contains(err.Error(), "hidden") {
		t.Errorf("%v\n%s", err, fault.HintOf(err))
	}
}
