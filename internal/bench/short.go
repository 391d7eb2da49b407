package main

import "github.com/awsmint/awsmint/internal/lab"

// short compares the line for prompts with a hit.
func (b *bench) short() error {
	l, err := b.newLab("short", nil)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := warm(l); err != nil {
		return err
	}
	contest := []*contestant{
		{name: "hello world", run: func() lab.Result { return l.RunProgram("", b.hello) }},
		{name: "status --short work", run: func() lab.Result { return l.Run("", "status", "--short", "work") }},
		{name: "hit, key from the kernel keyring", run: func() lab.Result { return l.Run("", "process", "work") }},
	}
	if err := compare(contest); err != nil {
		return err
	}
	report(contest)
	return nil
}
