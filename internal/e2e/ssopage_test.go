//go:build unix

package e2e

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// chromium is a tab of a real browser, with all that it asked for and
// complained about.
type chromium struct {
	ctx context.Context

	mu         sync.Mutex
	requests   []string
	complaints []string
	headers    map[string]string // of the last page
}

// openChromium starts the browser, which ends with the test.
func openChromium(t *testing.T) *chromium {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(need(t, "chromium", "chromium")), chromedp.Env("HOME=" + t.TempDir()),
		chromedp.Headless, chromedp.DisableGPU, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
	}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-breakpad", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	limited, end := context.WithTimeout(context.Background(), 2*patience)
	allocator, free := chromedp.NewExecAllocator(limited, options...)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		if err := chromedp.Cancel(tab); err != nil {
			t.Errorf("closing the browser: %v", err)
		}
		closeTab()
		free()
		end()
	})
	b := &chromium{ctx: tab}
	if err := chromedp.Listen(tab, b.hear); err != nil {
		t.Fatal(err)
	}
	_, err := chromedp.Call(tab, network.Enable, network.EnableParams{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hear keeps what happens in the tab.
func (b *chromium) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.Method+" "+e.Request.URL)
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			b.headers = map[string]string{}
			for name, value := range e.Response.Headers {
				b.headers[strings.ToLower(name)] = fmt.Sprint(value)
			}
		}
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprintf("console.%s", e.Type))
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	}
}

func (b *chromium) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// read is what an action finds on the page.
func read[T any](t *testing.T, b *chromium, action chromedp.Action[T]) T {
	t.Helper()
	got, err := chromedp.Run(b.ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// forget begins anew with what was asked for and complained about.
func (b *chromium) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.requests, b.complaints, b.headers = nil, nil, nil
}

// awsmintPage is what the page of awsmint has, and that of AWS has not.
const awsmintPage = chromedp.CSS("main")

// look is one way of looking at a page.
type look struct {
	name          string
	width, height int64
	scheme        string
}

var looks = []look{
	{"narrow-light", 320, 640, "light"}, {"narrow-dark", 320, 640, "dark"},
	{"wide-light", 1440, 900, "light"}, {"wide-dark", 1440, 900, "dark"},
}

// The page that a sign-in ends on, in a real browser: what it says, that it
// loads nothing and breaks none of its own rules, and that it can be read on
// any window, by day and by night. Pictures of it are the test's artifacts.
func TestThePageInTheBrowser(t *testing.T) {
	t.Parallel()
	b := openChromium(t)
	for _, c := range []struct {
		name        string
		button      chromedp.CSS
		spoil       func(l *lab.Lab)
		title, text string
		status      int
		words       []string // of what awsmint says
	}{
		{"allowed", "#allow", nil, "Signed in", "You can close this window and go back to the terminal", 0, nil},
		{"denied", "#deny", nil, "Not signed in", "declined", 3, []string{"the sign-in was declined in the browser", "awsmint login dev"}},
		{"a code that is refused", "#allow", func(l *lab.Lab) {
			l.AWS.Inject(ststest.Fault{Action: "CreateToken", Status: 400, Code: "InvalidGrantException", Message: "Invalid grant provided"})
		}, "The sign-in did not finish", "The terminal says why", 5, []string{"Invalid grant provided"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, d := ssoLab(t)
			if c.spoil != nil {
				c.spoil(l)
			}
			s := start(t, l, "login", "dev")
			page := d.page(t)
			b.forget()
			b.do(t, chromedp.Navigate(page), chromedp.Click(c.button), chromedp.WaitVisible(awsmintPage))
			r := s.end(t)
			if r.Status != c.status {
				t.Errorf("status %d, want %d; stderr %q", r.Status, c.status, r.Stderr)
			}
			for _, word := range c.words {
				if !strings.Contains(r.Stderr, word) {
					t.Errorf("stderr lacks %q:\n%s", word, r.Stderr)
				}
			}
			b.wantPage(t, c.title, c.text)
			b.wantQuiet(t, l, page)
			b.wantReadable(t)
		})
	}
}

// A page that is asked for with another state is not the answer; the run goes
// on waiting for the right one.
func TestAStrangeAnswerInTheBrowser(t *testing.T) {
	t.Parallel()
	b := openChromium(t)
	l, d := ssoLab(t)
	s := start(t, l, "login", "dev")
	page := d.page(t)
	right, err := l.AWS.Authorize(page, true)
	if err != nil {
		t.Fatal(err)
	}
	b.do(t, chromedp.Navigate(strings.Replace(right, "state=", "state=x", 1)), chromedp.WaitVisible(awsmintPage))
	b.wantPage(t, "Not the right link", "awsmint goes on waiting")
	b.wantReadable(t)
	b.do(t, chromedp.Navigate(right), chromedp.WaitVisible(awsmintPage))
	b.wantPage(t, "Signed in", "You can close this window")
	if r := s.end(t); r.Err != nil {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	wantCalls(t, l.AWS, "CreateToken", 1)
}

func (b *chromium) wantPage(t *testing.T, title, text string) {
	t.Helper()
	gotTitle, heading, body := read(t, b, chromedp.Title()), read(t, b, chromedp.Text(chromedp.CSS("h1"))), read(t, b, chromedp.Text(awsmintPage))
	if gotTitle != title+" - awsmint" || heading != title || !strings.HasPrefix(body, "awsmint\n") || !strings.Contains(body, text) {
		t.Errorf("title %q, heading %q, page:\n%s", gotTitle, heading, body)
	}
}

// wantQuiet checks that the browser asked for the pages alone, AWS's and
// awsmint's, and found nothing to complain about.
func (b *chromium) wantQuiet(t *testing.T, l *lab.Lab, page string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, request := range b.requests {
		if path, _, _ := strings.Cut(request, "?"); strings.HasPrefix(path, "GET http://127.0.0.1:") && strings.HasSuffix(path, "/oauth/callback") {
			b.requests[i] = "callback"
		}
	}
	b.requests = slices.DeleteFunc(b.requests, func(r string) bool { return strings.HasPrefix(r, "GET data:") })
	if want := []string{"GET " + page, "POST " + page, "callback"}; !slices.Equal(b.requests, want) {
		t.Errorf("the browser asked for %q, want %q", b.requests, want)
	}
	if len(b.complaints) != 0 {
		t.Errorf("the browser complains: %q", b.complaints)
	}
	policy := b.headers["content-security-policy"]
	for _, rule := range []string{"default-src 'none'", "form-action 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, rule) {
			t.Errorf("the policy %q lacks %q", policy, rule)
		}
	}
	for name, want := range map[string]string{"referrer-policy": "no-referrer", "cache-control": "no-store", "x-content-type-options": "nosniff"} {
		if b.headers[name] != want {
			t.Errorf("%s is %q, want %q", name, b.headers[name], want)
		}
	}
}

// wantReadable looks at the page in windows narrow and wide, by day and by
// night.
func (b *chromium) wantReadable(t *testing.T) {
	t.Helper()
	papers := map[string]string{}
	for _, k := range looks {
		b.do(t, chromedp.EmulateViewport(k.width, k.height))
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: k.scheme}},
		}); err != nil {
			t.Fatal(err)
		}
		width := read(t, b, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
		paper := read(t, b, chromedp.Evaluate[string](`getComputedStyle(document.body).backgroundColor`))
		inks := read(t, b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("main > *")].map(e => getComputedStyle(e).color)`))
		picture := read(t, b, chromedp.CaptureScreenshot())
		if width > k.width {
			t.Errorf("%s: the page is %d wide in a window of %d", k.name, width, k.width)
		}
		papers[k.scheme] = paper
		for _, ink := range inks {
			if contrast := contrast(t, paper, ink); contrast < 4.5 {
				t.Errorf("%s: a contrast of %.1f between %s and %s; WCAG 2.1 asks for 4.5", k.name, contrast, paper, ink)
			}
		}
		if err := os.WriteFile(filepath.Join(t.ArtifactDir(), k.name+".png"), picture, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if papers["light"] == papers["dark"] {
		t.Errorf("the page is %s by day and by night: its style was not let in", papers["light"])
	}
}

// contrast is the contrast ratio of two colours of the form rgb(1, 2, 3).
// https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var r, g, b float64
	if _, err := fmt.Sscanf(colour, "rgb(%g, %g, %g)", &r, &g, &b); err != nil {
		t.Fatalf("the colour %q: %v", colour, err)
	}
	linear := func(v float64) float64 {
		if v /= 255; v > 0.04045 {
			return math.Pow((v+0.055)/1.055, 2.4)
		}
		return v / 12.92
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
