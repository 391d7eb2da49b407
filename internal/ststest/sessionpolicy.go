package ststest

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// The limits of session policies. The one in characters is not in the API's
// model but in its text.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
const (
	longestPolicy  = 2048 // characters
	mostPolicyARNs = 10
)

// policyAlphabet is the pattern of a policy, which the API's reference writes
// in another language's form.
var policyAlphabet = regexp.MustCompile(`^[\t\n\r\x{20}-\x{FF}]*$`)

var policyARNForm = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/([\x21-\x7e]*/)?[\w+=,.@-]{1,128}$`)

// sessionPolicies checks the two parameters that narrow a session and returns
// them.
func (c *constraints) sessionPolicies() (policy string, arns []string) {
	c.text("Policy", 1, longestPolicy, "")
	if policy = c.form.Get("Policy"); !policyAlphabet.MatchString(policy) {
		c.fail("Policy", "'"+policy+"'", `Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`)
	}
	for n := range c.members("PolicyArns", mostPolicyARNs) {
		name := fmt.Sprintf("PolicyArns.member.%d.arn", n+1)
		c.required(name)
		c.text(name, 20, 2048, "")
		arns = append(arns, c.form.Get(name))
	}
	return policy, arns
}

// checkPolicies looks at what session policies say, once they are known to
// keep to the limits.
func checkPolicies(policy string, arns []string) error {
	for _, arn := range arns {
		if !policyARNForm.MatchString(arn) {
			return refused("ValidationError", "%s is invalid", arn)
		}
	}
	if policy == "" {
		return nil
	}
	if !json.Valid([]byte(policy)) {
		return refused("MalformedPolicyDocument", "This policy contains invalid Json")
	}
	var object map[string]any
	if json.Unmarshal([]byte(policy), &object) != nil || object == nil {
		return refused("MalformedPolicyDocument", "Syntax errors in policy.")
	}
	return nil
}
