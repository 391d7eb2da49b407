package mfa

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
)

// The names of the ways: the words of awsmint_mfa.
const (
	NameSeed     = "totp"
	NameProcess  = "process"
	NameTerminal = "terminal"
	NameDialog   = "dialog"
)

// Order returns the ways that the setting awsmint_mfa names, in its order:
// words between commas or spaces, each once. An empty setting gives the default
// order: first those that disturb nobody. A word that is not a way is a Usage
// fault.
func Order(setting string) ([]string, error) {
	known := []string{NameSeed, NameProcess, NameTerminal, NameDialog}
	words := strings.FieldsFunc(strings.ToLower(setting), func(r rune) bool {
		return r == ',' || r == ' ' || r == '\t'
	})
	if len(words) == 0 {
		return known, nil
	}
	var order []string
	for _, word := range words {
		if !slices.Contains(known, word) {
			return nil, fault.New(fault.Usage,
				fmt.Sprintf("awsmint_mfa names %q, which is not a way to get an MFA code", word),
				"use any of: "+strings.Join(known, ", "))
		}
		if !slices.Contains(order, word) {
			order = append(order, word)
		}
	}
	return order, nil
}
