package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/awsmint/awsmint/internal/shellword"
	"github.com/awsmint/awsmint/provider"
)

// cacheDir looks whether the cache can be used, and by nobody else.
func (e *examination) cacheDir() {
	dir := e.CacheDir
	f := Finding{Severity: Error, Area: Cache, Where: dir}
	report := func(id, fact, advice string) {
		f.ID, f.Fact, f.Advice = id, fact, advice
		e.add(f)
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return // the first mint makes it
	case err != nil:
		report("cache-unreadable", fmt.Sprintf("the cache directory can't be read: %v", err), "give it to yourself, or set AWSMINT_CACHE_DIR to another one")
		return
	case !info.IsDir():
		report("cache-unreadable", fmt.Sprintf("%q is no directory, and the cache is to be there", dir), "move it away, or set AWSMINT_CACHE_DIR to another place")
		return
	}
	if owner, foreign := foreignOwner(info); foreign {
		report("cache-owner", fmt.Sprintf("the cache directory belongs to the user %s: awsmint was run with sudo, perhaps", owner), fmt.Sprintf("run: sudo chown -R \"$(id -u)\" %s", shellword.Quote(dir)))
		return
	}
	if isOpen(info) {
		f.Severity = Warning
		report("cache-open", fmt.Sprintf("others may look into the cache directory (its mode is %04o); what is in it is sealed", info.Mode().Perm()), "run: chmod 700 "+shellword.Quote(dir))
		f.Severity = Error
	}
	probe, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		report("cache-unwritable", fmt.Sprintf("nothing can be written into the cache directory: %v; each run asks for an MFA code", err), "run: chmod 700 "+shellword.Quote(dir)+", make room on the disk, or set AWSMINT_CACHE_DIR to another place")
		return
	}
	_, _ = probe.Close(), os.Remove(probe.Name())
}

// kernel tells whether Linux keeps copies of what opens the cache.
func (e *examination) kernel() {
	if e.Kernel == nil {
		return
	}
	f := Finding{ID: "kernel-keyring", Severity: OK, Area: Keychain}
	limit, err := e.Kernel()
	switch {
	case errors.Is(err, errors.ErrUnsupported) && !hasKernelKeyring:
		return
	case err != nil:
		f.Fact = fmt.Sprintf("the kernel's keyring keeps nothing here (%v): each run goes to the keychain", err)
	case limit == 0:
		f.Fact = "the kernel's keyring is off (AWSMINT_KERNEL_KEYRING): each run goes to the keychain"
	default:
		f.Fact = fmt.Sprintf("the kernel's keyring keeps the cache's key for %s", provider.Span(limit))
	}
	e.add(f)
}
