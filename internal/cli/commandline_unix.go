//go:build unix

package cli

import "regexp"

// safePath leaves out what a shell, shlex or the config file's own syntax
// reads as something else.
var safePath = regexp.MustCompile(`^[\pL\pN_./+@:,= -]+$`)

const pathAdvice = "install awsmint where the path has letters, digits, spaces and _ . / + @ : , = - only"
