package provider

import "fmt"

// elsewhere is for a role in another partition than what it is to be assumed
// with, or than the region that is asked: there AWS only says that it does not
// know the credentials. fact is empty where all are in one, or may be.
func (c call) elsewhere() (fact, hint string) {
	home := partitionOf(c.role.RoleARN)
	if _, known := defaultRegions[home]; !known {
		return "", ""
	}
	fact = fmt.Sprintf("the role %q is in the partition %s, and ", c.role.RoleARN, home)
	if other := partitionOfLink(c.role.source); other != "" && other != home {
		return fact + fmt.Sprintf("profile %q in %s", c.role.source.Profile(), other),
			"a role can be assumed within its own partition only: correct role_arn, or name a source_profile of that partition"
	}
	if other := partitionOfRegion(c.region); c.from != "" && other != home {
		return fact + fmt.Sprintf("the region %q (%s) in %s", c.region, c.from, other), "set a region of the role's partition"
	}
	return "", ""
}

// partitionOfLink is the partition of temporary credentials; empty where it
// does not show.
func partitionOfLink(link Link) string {
	switch l := link.(type) {
	case *Session:
		return firstSet(partitionOf(l.Serial), partitionOfRegion(l.Client.Region))
	case *Role:
		return partitionOf(l.RoleARN)
	case *WebIdentity:
		return partitionOf(l.RoleARN)
	case *SSO:
		return partitionOfRegion(l.Region)
	case *Login:
		return partitionOf(l.Session)
	}
	return ""
}
