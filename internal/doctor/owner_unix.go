//go:build unix

package doctor

import (
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// foreignOwner names the owner of a directory that is another user's.
func foreignOwner(info fs.FileInfo) (owner string, foreign bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(st.Uid) == os.Geteuid() {
		return "", false
	}
	id := strconv.Itoa(int(st.Uid))
	if u, err := user.LookupId(id); err == nil {
		return u.Username, true
	}
	return id, true
}

// isOpen reports whether others than the owner may do anything there.
func isOpen(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
