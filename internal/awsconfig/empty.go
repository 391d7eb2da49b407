package awsconfig

// Empty returns the section of a profile that stands in neither file: it has
// no keys.
func Empty(profile string) *Section { return &Section{header: ConfigProfile(profile)} }
