package cli

import "regexp"

// safePath has no space: quotes round a path with spaces are read in three
// different ways by the SDKs on Windows.
var safePath = regexp.MustCompile(`^[\pL\pN_.\\/+@:-]+$`)

const pathAdvice = `install awsmint in a folder whose path has no spaces, such as C:\Tools`
