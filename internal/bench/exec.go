package main

import (
	"fmt"

	"github.com/awsmint/awsmint/internal/lab"
)

// exec compares what a command costs by itself and with credentials that are in
// the cache.
func (b *bench) exec() error {
	l, err := b.newLab("exec", nil)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := warm(l); err != nil {
		return err
	}
	const command = "/bin/true"
	contest := []*contestant{
		{name: "hello world", run: func() lab.Result { return l.RunProgram("", b.hello) }},
		{name: command, run: func() lab.Result { return l.RunProgram("", command) }},
		{name: "exec work -- " + command + ", a hit", run: func() lab.Result { return l.Run("", "exec", "work", "--", command) }},
		{name: "exec --server work -- " + command, run: func() lab.Result { return l.Run("", "exec", "--server", "work", "--", command) }},
	}
	if err := compare(contest); err != nil {
		return err
	}
	report(contest)
	if calls := l.AWS.Calls("GetSessionToken"); calls != 1 {
		return fmt.Errorf("the hits were none: %d calls of GetSessionToken", calls)
	}
	return nil
}
