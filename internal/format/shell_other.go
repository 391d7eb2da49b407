//go:build !linux && !darwin && !windows

package format

// parentProgram is nothing: the environment has to tell.
func parentProgram() string { return "" }

func fromEnvironment(getenv func(string) string) Format { return fromPOSIX(getenv) }
