// Command bench prints awsmint's figures: every program that is compared is
// run in turn, round after round, in one go, so that whatever else the machine
// does falls on all of them alike. Medians, and ratios to a hello world.
package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

const (
	rounds    = 60   // of each program in a comparison
	profiles  = 2000 // in the large config file
	processes = 100  // that ask at once
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "awsmint-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir}
	if b.binary, err = lab.Build(dir); err != nil {
		return err
	}
	if b.hello, err = buildSource(dir, "hello", helloWorld); err != nil {
		return err
	}
	for _, part := range []func() error{b.size, b.hits, b.short, b.exec, b.memory, b.failure, b.parallel, b.roles} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

type bench struct{ dir, binary, hello string }

func (b *bench) size() error {
	info, err := os.Stat(b.binary)
	if err == nil {
		fmt.Printf("binary %44.1f MB\n", float64(info.Size())/1e6)
	}
	return err
}

// newLab is a lab with a session in its cache.
func (b *bench) newLab(name string, prepare func(*lab.Lab) error) (*lab.Lab, error) {
	l, err := lab.New(filepath.Join(b.dir, name), b.binary)
	if err != nil {
		return nil, err
	}
	l.Set("AWSMINT_LOG", "")
	if prepare != nil {
		if err := prepare(l); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	if err := l.Add("work", l.AWS.AddUser("alice"), true); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func warm(l *lab.Lab) error {
	if r := l.Run("", "process", "work"); r.Err != nil {
		return fmt.Errorf("minting: %w: %s", r.Err, r.Stderr)
	}
	return nil
}

// hits compares what a hit costs, by where the cache's key comes from.
func (b *bench) hits() error {
	plain, err := b.newLab("plain", nil)
	if err != nil {
		return err
	}
	defer plain.Close()
	large, err := b.newLab("large", writeProfiles)
	if err != nil {
		return err
	}
	defer large.Close()
	for _, l := range []*lab.Lab{plain, large} {
		if err := warm(l); err != nil {
			return err
		}
	}
	contest := []*contestant{
		{name: "hello world", run: func() lab.Result { return plain.RunProgram("", b.hello) }},
		{name: "hit, key from the kernel keyring", run: func() lab.Result { return plain.Run("", "process", "work") }},
		{name: fmt.Sprintf("the same, %d profiles", profiles), run: func() lab.Result { return large.Run("", "process", "work") }},
	}
	service, stop, err := b.secretService()
	if err != nil {
		fmt.Printf("(no figures for the Secret Service: %v)\n", err)
	} else {
		defer stop()
		contest = append(contest, &contestant{name: "hit, key from the Secret Service", run: func() lab.Result { return service.Run("", "process", "work") }})
	}
	if err := compare(contest); err != nil {
		return err
	}
	report(contest)
	if calls := plain.AWS.Calls("GetSessionToken"); calls != 1 {
		return fmt.Errorf("the hits were none: %d calls of GetSessionToken", calls)
	}
	return nil
}

// writeProfiles fills the config file with other people's profiles.
func writeProfiles(l *lab.Lab) error {
	var text strings.Builder
	for i := range profiles {
		fmt.Fprintf(&text, "[profile team-%d]\nregion = eu-west-1\noutput = json\nsource_profile = base-%d\nrole_arn = arn:aws:iam::%012d:role/Developer\nduration_seconds = 3600\n# one of many\n\n", i, i%20, i)
	}
	if err := os.MkdirAll(filepath.Dir(l.ConfigFile()), 0o700); err != nil {
		return err
	}
	return os.WriteFile(l.ConfigFile(), []byte(text.String()), 0o600)
}

// memory shows the most that a hit holds at a time.
func (b *bench) memory() error {
	l, err := b.newLab("memory", nil)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := warm(l); err != nil {
		return err
	}
	peak, err := buildSource(b.dir, "peak", peakProgram)
	if err != nil {
		return err
	}
	var worst float64
	for range rounds {
		r := l.RunProgram("", peak, b.binary, "process", "work")
		var kilobytes float64
		if _, err := fmt.Sscan(r.Stdout, &kilobytes); err != nil || r.Err != nil {
			return fmt.Errorf("measuring memory: %v: %s", errors.Join(err, r.Err), r.Stderr)
		}
		worst = max(worst, kilobytes)
	}
	fmt.Printf("\n%-40s %5.1f MB   (the most of %d runs)\n", "peak memory of a hit", worst/1e3, rounds)
	return nil
}

// failure shows how soon a run that can't ask anybody says so.
func (b *bench) failure() error {
	l, err := b.newLab("nobody", nil)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.Add("typed", l.AWS.AddUser("bob"), false); err != nil {
		return err
	}
	contest := []*contestant{{name: "nobody to ask: exit 3", status: 3, run: func() lab.Result { return l.Run("", "process", "typed") }}}
	if err := compare(contest); err != nil {
		return err
	}
	report(contest)
	return nil
}

// parallel shows what many processes at once cost, cold and warm.
func (b *bench) parallel() error {
	l, err := b.newLab("parallel", nil)
	if err != nil {
		return err
	}
	defer l.Close()
	fmt.Println()
	for _, name := range []string{"cold", "hits"} {
		before := l.AWS.Calls("GetSessionToken")
		started := time.Now()
		failed := allAtOnce(l)
		took := time.Since(started)
		fmt.Printf("%d processes at once, %-5s %8.0f ms in all, %d STS calls, %d failures\n",
			processes, name, ms(took), l.AWS.Calls("GetSessionToken")-before, failed)
		if failed > 0 {
			return errors.New("not all had an answer")
		}
	}
	return nil
}

func allAtOnce(l *lab.Lab) (failed int) {
	var group sync.WaitGroup
	results := make([]lab.Result, processes)
	for i := range results {
		group.Go(func() { results[i] = l.Run("", "process", "work") })
	}
	group.Wait()
	for _, r := range results {
		if r.Err != nil || r.Stdout != results[0].Stdout {
			failed++
		}
	}
	return failed
}

// contestant is a program in a comparison.
type contestant struct {
	name   string
	status int // the exit status that it is to have
	run    func() lab.Result
	took   []time.Duration
}

// compare runs every contestant once a round, in an order of its own each time:
// who comes after a run of the same program finds its pages in the processor's
// caches.
func compare(contest []*contestant) error {
	for range rounds {
		for _, i := range rand.Perm(len(contest)) {
			c := contest[i]
			r := c.run()
			if r.Status != c.status {
				return fmt.Errorf("%s: status %d: %s", c.name, r.Status, r.Stderr)
			}
			c.took = append(c.took, r.Took)
		}
	}
	return nil
}

// report prints medians, and ratios to the first contestant.
func report(contest []*contestant) {
	fmt.Printf("\n%-40s %8s %8s %9s   (%d rounds, interleaved)\n", "", "median", "ratio", "more", rounds)
	base := contest[0].median()
	for _, c := range contest {
		m := c.median()
		fmt.Printf("%-40s %5.2f ms %7.2fx %6.2f ms\n", c.name, ms(m), float64(m)/float64(base), ms(m-base))
	}
}

func (c *contestant) median() time.Duration {
	slices.Sort(c.took)
	return c.took[len(c.took)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
