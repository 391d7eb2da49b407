package provider

import (
	"fmt"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// readOnlyPolicy is AWS's managed policy for looking at things, in each
// partition.
func readOnlyPolicy(partition string) string {
	return "arn:" + firstSet(partition, "aws") + ":iam::aws:policy/ReadOnlyAccess"
}

// narrows reports whether the request asks for less than the profile may do.
func (r Request) narrows() bool { return r.ReadOnly || len(r.PolicyARNs) > 0 }

// policies are those that the request names, in a partition.
func (r Request) policies(partition string) ([]string, error) {
	policies := r.PolicyARNs
	if r.ReadOnly {
		policies = append([]string{readOnlyPolicy(partition)}, policies...)
	}
	for _, arn := range policies {
		if err := CheckPolicyARN(arn); err != nil {
			return nil, err
		}
	}
	if len(policies) > maxPolicyARNs {
		return nil, fault.New(fault.Usage, fmt.Sprintf("%d policies are too many: AWS takes %d", len(policies), maxPolicyARNs), "merge some of them")
	}
	return policies, nil
}

// narrowed puts the request's policies on the last link of a chain: on a role
// as session policies, in place of a user's session as a federated user's. The
// console takes no user's session, so there it is a federated user's always,
// who may look at things where nothing else is said.
func (r *resolver) narrowed(link Link, request Request) (Link, error) {
	key, longTerm := longTermKey(link)
	if request.Console && longTerm && !request.narrows() {
		request.ReadOnly = true
	}
	switch l := link.(type) {
	case *Role:
		narrow := *l
		return &narrow, narrow.narrow(request, l.profile)
	case *WebIdentity:
		narrow := *l
		return &narrow, narrow.narrow(request, l.profile)
	}
	if longTerm && request.narrows() {
		return r.federation(key, request)
	}
	if !request.narrows() {
		return link, nil
	}
	return nil, fault.New(fault.Usage,
		fmt.Sprintf("the credentials of profile %q can't be narrowed: %s", request.Profile, Describe(link)),
		"policies go with roles that awsmint assumes and with keys: name a role to assume on top (--role-arn ARN)")
}

// longTermKey is the key that a user's chain begins with, whose session may
// stand on it.
func longTermKey(link Link) (key Link, ok bool) {
	switch l := link.(type) {
	case *Session:
		return l.source, true
	case *Key:
		return l, true
	case *Static:
		return l, !l.isTemporary()
	}
	return nil, false
}

// narrow adds session policies. AWS grants what any of a session's policies
// allows, so policies beside those of the profile would widen what it has.
func (a *assumption) narrow(request Request, profile string) error {
	if !request.narrows() {
		return nil
	}
	if a.Policy != "" || len(a.PolicyARNs) > 0 {
		return fault.New(fault.Usage,
			fmt.Sprintf("profile %q has a session policy already, and AWS would allow what either of the two allows", profile),
			"leave the policies out of this command, or awsmint_policy and awsmint_policy_arns out of the profile")
	}
	var err error
	a.PolicyARNs, err = request.policies(partitionOf(a.RoleARN))
	return err
}

// federation is a federated user over a key.
func (r *resolver) federation(key Link, request Request) (Link, error) {
	section, err := r.sectionOf(key)
	if err != nil {
		return nil, err
	}
	f := &Federation{source: key, Duration: firstSpan(request.Duration, defaultFederation)}
	if err := checkFederation(f.Duration); err != nil {
		return nil, err
	}
	partition := homeOf(f, section)
	if f.Client, err = clientSettings(r.config, section, r.getenv, partition); err != nil {
		return nil, err
	}
	f.PolicyARNs, err = request.policies(partition)
	return f, err
}

// sectionOf is the section that a link's settings stand in.
func (r *resolver) sectionOf(l Link) (*awsconfig.Section, error) {
	return r.config.Profile(l.Profile())
}

func firstSpan(spans ...time.Duration) time.Duration {
	for _, d := range spans {
		if d != 0 {
			return d
		}
	}
	return 0
}
