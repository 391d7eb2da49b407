package provider

import "strings"

// arnPart is one of the six parts of an ARN; empty where text is none.
func arnPart(text string, part int) string {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return ""
	}
	return parts[part]
}

// partitionOf is the partition in an ARN; empty where there is none.
func partitionOf(arn string) string { return arnPart(arn, 1) }

// accountLength is the number of digits in an account id.
const accountLength = 12

// accountOf is the account in an ARN; empty where there is none: a hardware
// token's serial number tells no account.
func accountOf(arn string) string {
	if account := arnPart(arn, 4); isAccount(account) {
		return account
	}
	return ""
}

// isAccount reports whether text can be an account id.
func isAccount(text string) bool {
	return len(text) == accountLength && strings.Trim(text, "0123456789") == ""
}

// nameOf is the last part of an ARN's resource: the name of a user, or the
// session name of an assumed role.
func nameOf(arn string) string {
	resource := arnPart(arn, 5)
	return resource[strings.LastIndexByte(resource, '/')+1:]
}

// regionPrefixes are how the regions of the partitions other than aws begin.
var regionPrefixes = map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}

// partitionOfRegion is the partition that a region is in, by its name.
func partitionOfRegion(region string) string {
	for prefix, partition := range regionPrefixes {
		if strings.HasPrefix(region, prefix) {
			return partition
		}
	}
	return "aws"
}
