//go:build !linux

package doctor

const hasKernelKeyring = false
