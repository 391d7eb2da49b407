package cli

import (
	"regexp"
	"sync"
)

// safePath has no space: quotes round a path with spaces are read in three
// different ways by the SDKs on Windows.
var safePath = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN_.\\/+@:-]+$`) })

const pathAdvice = `install awsmint in a folder whose path has no spaces, such as C:\Tools`
