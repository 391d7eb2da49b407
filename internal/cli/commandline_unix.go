//go:build unix

package cli

import (
	"regexp"
	"sync"
)

// safePath leaves out what a shell, shlex or the config file's own syntax
// reads as something else.
var safePath = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN_./+@:,= -]+$`) })

const pathAdvice = "install awsmint where the path has letters, digits, spaces and _ . / + @ : , = - only"
