package provider_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/awsmint/awsmint/provider"
)

// person sits before a browser. What they are told, and the pages that they
// end on, are kept.
type person struct {
	w     *ssoWorld
	allow bool

	// before, where set, is done to the redirect before it is followed.
	before func(redirect string)

	mu     sync.Mutex
	opened []string
	told   []string
	pages  []shown
	wg     sync.WaitGroup
}

type shown struct {
	status int
	header http.Header
	body   string
}

func (p *person) options() provider.Options {
	o := p.w.options()
	p.at(&o)
	return o
}

// at puts the person before a run.
func (p *person) at(o *provider.Options) {
	o.SignIn = &provider.SignIn{Browser: p.open, Tell: p.tell}
	o.NoInput = false
}

func (p *person) tell(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, text)
	return nil
}

// open presses the button, and lets the browser follow.
func (p *person) open(url string) error {
	p.mu.Lock()
	p.opened = append(p.opened, url)
	p.mu.Unlock()
	// It is the same page where somebody reads along.
	redirect, err := p.w.sts.Authorize(p.w.sts.URL()+url[strings.Index(url, "/authorize?"):], p.allow)
	if err != nil {
		return err
	}
	p.wg.Go(func() {
		if p.before != nil {
			p.before(redirect)
		}
		p.follow(redirect)
	})
	return nil
}

func (p *person) follow(url string) {
	page, err := fetch(http.MethodGet, url, "")
	if err != nil {
		p.w.t.Errorf("the browser: %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages = append(p.pages, page)
}

// last waits for the browser and returns the page that it ends on.
func (p *person) last() shown {
	p.w.t.Helper()
	p.wg.Wait()
	if len(p.pages) == 0 {
		p.w.t.Fatal("no page was shown")
	}
	return p.pages[len(p.pages)-1]
}

func fetch(method, url, host string) (shown, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return shown{}, err
	}
	if host != "" {
		request.Host = host
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return shown{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return shown{response.StatusCode, response.Header, string(body)}, err
}

// device is a person without a browser on this machine. decide is asked at
// each poll, and may answer the page that has the code.
type device struct {
	w      *ssoWorld
	decide func(code string, poll int)

	told  []string
	waits []time.Duration
}

func (d *device) at(o *provider.Options) {
	o.NoInput = false
	o.SignIn = &provider.SignIn{
		Tell: func(text string) error { d.told = append(d.told, text); return nil },
		Wait: func(ctx context.Context, pause time.Duration) error {
			d.waits = append(d.waits, pause)
			d.w.clock.advance(pause)
			d.decide(d.code(), len(d.waits))
			return ctx.Err()
		},
	}
}

// code is the last word of what was told.
func (d *device) code() string {
	words := strings.Fields(d.told[len(d.told)-1])
	return words[len(words)-1]
}
