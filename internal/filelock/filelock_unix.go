//go:build unix

package filelock

import "syscall"

// noFollow keeps a symbolic link that somebody put in a lock's place from
// having its target written to.
const noFollow = syscall.O_NOFOLLOW
