//go:build unix

package atomicfile

import (
	"io/fs"
	"os"
	"syscall"
)

func chmod(f *os.File, perm fs.FileMode) error { return f.Chmod(perm) }

// keepOwner gives the new file the owner of the one it replaces, so that an
// edit made as root leaves the file to its user. Not being allowed to is no
// reason to fail: then the owner is the caller, as with any editor.
func keepOwner(f *os.File, old fs.FileInfo) {
	if old == nil {
		return
	}
	if st, ok := old.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		_ = f.Chown(int(st.Uid), int(st.Gid))
	}
}

// syncDir makes the rename last through a power cut. Some filesystems can't
// sync a directory; the file itself is safe by then.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// whileBusy has nothing to wait for: a file that is open can be replaced and
// removed like any other.
func whileBusy(try func() error) error { return try() }
