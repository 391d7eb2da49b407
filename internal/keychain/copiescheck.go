package keychain

import (
	"time"

	"github.com/awsmint/awsmint/internal/secret"
)

// CheckCopies tries whether the kernel's user keyring keeps copies for these
// options, with one that holds nothing and is removed at once. A limit of 0
// means that none are to be kept. The error is that of a setting that can't be
// understood (a fault), or the kernel's, which stops nothing: there are then no
// copies, and each run goes to the keychain.
func CheckCopies(o Options) (limit time.Duration, err error) {
	o = o.withDefaults()
	limit, err = copyLimit(o.Getenv(envKernelKeyring))
	if err != nil || limit == 0 {
		return limit, err
	}
	name := newCopies(o, "", limit).name("probe")
	if err := kernelPut(name, secret.New("probe"), minCopyLimit); err != nil {
		return limit, err
	}
	_, err = kernelGet(name)
	_ = kernelDrop(name)
	return limit, err
}
