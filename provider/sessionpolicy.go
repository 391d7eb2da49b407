package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// Limits of AssumeRole, from the STS API reference.
const (
	maxTags, maxTagKey, maxTagValue = 50, 128, 256
	maxPolicy, maxPolicyARNs        = 2048, 10
)

// sessionTags reads awsmint_session_tags ("Project=Apollo, Team=Ops") and
// awsmint_transitive_tags ("Project").
func sessionTags(section *awsconfig.Section) (tags []Tag, transitive []string, err error) {
	const tagsKey, transitiveKey = "awsmint_session_tags", "awsmint_transitive_tags"
	wrong := func(key, format string, args ...any) error {
		return at(section, key, fault.New(fault.Usage, fmt.Sprintf(format, args...),
			`write tags as KEY=VALUE, with commas between them, and list in awsmint_transitive_tags the keys that chained roles keep`))
	}
	known := map[string]bool{} // AWS takes Key and key for one
	for _, item := range list(section.Get(tagsKey)) {
		key, value, ok := strings.Cut(item, "=")
		tag := Tag{strings.TrimSpace(key), strings.TrimSpace(value)}
		switch {
		case !ok || tag.Key == "":
			return nil, nil, wrong(tagsKey, "%q is not a tag", short(item))
		case utf8.RuneCountInString(tag.Key) > maxTagKey || utf8.RuneCountInString(tag.Value) > maxTagValue:
			return nil, nil, wrong(tagsKey, "the tag %q is too long: a key has at most %d characters, a value %d", short(tag.Key), maxTagKey, maxTagValue)
		case known[strings.ToLower(tag.Key)]:
			return nil, nil, wrong(tagsKey, "the tag %q is set twice", tag.Key)
		}
		known[strings.ToLower(tag.Key)] = true
		tags = append(tags, tag)
	}
	if len(tags) > maxTags {
		return nil, nil, wrong(tagsKey, "%d tags are too many: AWS allows %d", len(tags), maxTags)
	}
	transitive = list(section.Get(transitiveKey))
	for _, key := range transitive {
		if !slices.ContainsFunc(tags, func(t Tag) bool { return t.Key == key }) {
			return nil, nil, wrong(transitiveKey, "%q is not among the profile's session tags", key)
		}
	}
	return tags, transitive, nil
}

// sessionPolicy reads awsmint_policy, which is JSON or the path of a file with
// it, and awsmint_policy_arns.
func sessionPolicy(section *awsconfig.Section) (policy string, arns []string, err error) {
	const policyKey, arnsKey = "awsmint_policy", "awsmint_policy_arns"
	if text := section.Get(policyKey); text != "" {
		if policy, err = readPolicy(text); err != nil {
			return "", nil, at(section, policyKey, err)
		}
	}
	arns = list(section.Get(arnsKey))
	for _, arn := range arns {
		if err := CheckPolicyARN(arn); err != nil {
			return "", nil, at(section, arnsKey, err)
		}
	}
	if len(arns) > maxPolicyARNs {
		err = at(section, arnsKey, fault.New(fault.Usage, fmt.Sprintf("%d policies are too many: AWS allows %d", len(arns), maxPolicyARNs), "merge some of them"))
	}
	return policy, arns, err
}

// CheckPolicyARN says what is wrong with the ARN of a managed policy.
func CheckPolicyARN(arn string) error {
	if name, ok := strings.CutPrefix(arnPart(arn, 5), "policy/"); ok && name != "" && arnPart(arn, 2) == "iam" {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%q is not the ARN of a policy", short(arn)),
		"it has the form arn:aws:iam::aws:policy/ReadOnlyAccess or arn:aws:iam::ACCOUNT:policy/NAME")
}

// readPolicy returns a session policy without needless space, which counts
// towards AWS's limit.
func readPolicy(text string) (string, error) {
	source := []byte(text)
	if !strings.HasPrefix(text, "{") {
		const hint = "give a policy in JSON on one line, or the absolute path of a file that holds it"
		if !filepath.IsAbs(text) {
			return "", fault.New(fault.Usage, fmt.Sprintf("%q is neither JSON nor an absolute path", short(text)), hint)
		}
		var err error
		if source, err = readSmall(text); err != nil {
			return "", fault.Wrap(err, fault.Usage, fmt.Sprintf("the session policy in %q can't be read: %v", short(text), innermost(err)), hint)
		}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, source); err != nil || !bytes.HasPrefix(compact.Bytes(), []byte("{")) {
		return "", fault.New(fault.Usage, "the session policy is not a JSON object",
			`it looks like {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`)
	}
	if n := utf8.RuneCount(compact.Bytes()); n > maxPolicy {
		return "", fault.New(fault.Usage, fmt.Sprintf("the session policy has %d characters without needless spaces, and AWS allows %d", n, maxPolicy),
			"shorten it, or make it a managed policy and name that in awsmint_policy_arns")
	}
	return compact.String(), nil
}
