package main

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

const (
	roleProfiles = 200                    // over one key
	faraway      = 150 * time.Millisecond // how long STS takes to answer
)

// writeRoles adds role profiles over the key of "work", and the roles.
func writeRoles(l *lab.Lab) error {
	file, err := os.OpenFile(l.ConfigFile(), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	for i := range roleProfiles {
		arn := fmt.Sprintf("arn:aws:iam::%012d:role/Developer", 444455550000+i)
		l.AWS.AddRole(ststest.Role{ARN: arn, RequireMFA: true})
		fmt.Fprintf(file, "[profile role-%d]\nregion = eu-west-1\ncredential_process = %s process role-%d\nawsmint_role_arn = %s\nawsmint_source_profile = work\n\n", i, l.Binary, i, arn)
	}
	return file.Close()
}

// roles compares hits with STS far away, and shows what many roles at once cost.
func (b *bench) roles() error {
	l, err := b.newLab("roles", nil)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := writeRoles(l); err != nil {
		return err
	}
	fmt.Println()
	for _, name := range []string{"cold", "hits"} {
		before := calls(l)
		started := time.Now()
		failed := everyRole(l)
		now := calls(l)
		fmt.Printf("%d roles over one key at once, %-5s %6.0f ms in all, %d GetSessionToken, %d AssumeRole, %d other calls, %d failures\n", roleProfiles, name,
			ms(time.Since(started)), now[0]-before[0], now[1]-before[1], now[2]-before[2], failed)
		if failed > 0 {
			return errors.New("not all had an answer")
		}
	}
	l.AWS.Inject(ststest.Fault{Delay: faraway})
	contest := []*contestant{
		{name: "hello world", run: func() lab.Result { return l.RunProgram("", b.hello) }},
		{name: fmt.Sprintf("session, a hit (STS %s away)", faraway), run: func() lab.Result { return l.Run("", "process", "work") }},
		{name: "role, a hit", run: func() lab.Result { return l.Run("", "process", "role-7") }},
	}
	if err := compare(contest); err != nil {
		return err
	}
	report(contest)
	return nil
}

// calls counts what AWS was asked: sessions, roles, all else.
func calls(l *lab.Lab) [3]int {
	sessions, roles := l.AWS.Calls("GetSessionToken"), l.AWS.Calls("AssumeRole")
	return [3]int{sessions, roles, l.AWS.Calls("") - sessions - roles}
}

// everyRole runs a process for each role at once.
func everyRole(l *lab.Lab) (failed int) {
	var group sync.WaitGroup
	results := make([]lab.Result, roleProfiles)
	for i := range results {
		group.Go(func() { results[i] = l.Run("", "process", fmt.Sprintf("role-%d", i)) })
	}
	group.Wait()
	for _, r := range results {
		if r.Err != nil {
			failed++
		}
	}
	return failed
}
