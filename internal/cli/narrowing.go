package cli

import "github.com/awsmint/awsmint/provider"

// Narrowing is what a command line may take away from what a profile may do,
// for programs that one trusts less.
type Narrowing struct {
	ReadOnly   bool     `help:"Allow looking only: AWS's policy ReadOnlyAccess, within what the profile may do."`
	PolicyARNs []string `name:"policy-arn" sep:"none" placeholder:"ARN" help:"Allow what this managed policy does only, within what the profile may do; repeatable."`
}

func (n Narrowing) apply(r *provider.Request) { r.ReadOnly, r.PolicyARNs = n.ReadOnly, n.PolicyARNs }

func (n Narrowing) narrows() bool { return n.ReadOnly || len(n.PolicyARNs) > 0 }

// words are the flags, as they stand behind a command.
func (n Narrowing) words() (text string) {
	if n.ReadOnly {
		text = " --read-only"
	}
	for _, arn := range n.PolicyARNs {
		text += " --policy-arn " + quoted(arn)
	}
	return text
}
