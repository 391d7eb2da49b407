package ststest

import "slices"

// SelfService is what a user's policies allow of the user's own keys and
// devices.
type SelfService int

const (
	// SelfServiceAllowed lets users manage their own keys and devices.
	SelfServiceAllowed SelfService = iota
	// SelfServiceWithMFA denies nearly everything to requests without MFA, as
	// the policy does that AWS recommends.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
	SelfServiceWithMFA
	// SelfServiceDenied allows users nothing of IAM but to list their devices.
	SelfServiceDenied
)

// withoutMFA is what that policy leaves to requests without MFA, of what this
// server can do. GetCallerIdentity can't be denied.
var withoutMFA = []string{
	"CreateVirtualMFADevice", "EnableMFADevice", "GetUser", "ListMFADevices", "GetSessionToken", "GetCallerIdentity",
}

// SetSelfService gives a user a policy.
func (s *Server) SetSelfService(user string, policy SelfService) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.selfService[user] = policy
}

// checkPolicy refuses what the caller's policy does not allow. The caller holds
// s.mu.
func (s *Server) checkPolicy(caller *credential, service string, req *request) error {
	user := caller.identity.user
	if user == "" {
		return nil // a role
	}
	resource := "user " + user
	for _, parameter := range []string{"RoleArn", "SerialNumber"} {
		if value := req.form.Get(parameter); value != "" {
			resource = value
		}
	}
	const denied = "User: %s is not authorized to perform: %s:%s on resource: %s "
	switch policy := s.selfService[user]; {
	case policy == SelfServiceWithMFA && !caller.mfa && !req.form.Has("TokenCode") && !slices.Contains(withoutMFA, req.action):
		return refused("AccessDenied", denied+"with an explicit deny in an identity-based policy",
			caller.identity.arn, service, req.action, resource)
	case policy == SelfServiceDenied && service == "iam" && req.action != "ListMFADevices":
		return refused("AccessDenied", denied+"because no identity-based policy allows the iam:%s action",
			caller.identity.arn, service, req.action, resource, req.action)
	}
	return nil
}
