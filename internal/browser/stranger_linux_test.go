package browser_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/awsmint/awsmint/internal/secret"
)

// fetch prints the status of a page, and does not follow it anywhere.
const fetch = `
import http.client, sys, urllib.parse
page = urllib.parse.urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(page.netloc, timeout=10)
connection.request("GET", page.path)
print(connection.getresponse().status)
`

// Another user who reads the browser's arguments is not led on, and takes
// nothing from who is.
func TestAnotherUserIsNotLedOn(t *testing.T) {
	const python = "/usr/bin/python3" // one that every user may run
	if _, err := os.Stat(python); err != nil || os.Getuid() != 0 {
		if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
			t.Fatal("no python3, or no right to be another user")
		}
		t.Skip("no python3, or no right to be another user")
	}
	b, file := noting(t)
	done := make(chan error, 1)
	go func() { done <- b.OpenPrivate(t.Context(), secret.New(privatePage)) }()
	address := waitForFile(t, file)
	thief := exec.Command(python, "-c", fetch, address)
	thief.Dir = "/"
	thief.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 54321, Gid: 54321}}
	output, err := thief.CombinedOutput()
	if err != nil || strings.TrimSpace(string(output)) != "404" {
		t.Errorf("another user: %v, %s", err, output)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		t.Errorf("the person: status %d", answer.StatusCode)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
