//go:build unix && !linux

package e2e

func hasKernelKeyring() bool { return false }
