package keychain

import (
	"errors"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/secret"
)

// The kernel's user keyring, user-keyring(7): one per user id, in memory that
// is never swapped out, gone when the user's last process is. Every process of
// the user sees it, in containers mostly none (seccomp answers EPERM or ENOSYS).

// keyType is the type of key that a program may read back, keyrings(7).
const keyType = "user"

// keyPermissions are those of keyctl_setperm(3): everything for whoever
// possesses the key, and view, read, write, search and setattr for the user,
// because a second login of the same user does not possess the key.
const keyPermissions = 0x3f2f0000

// maxCopy is the largest copy read, in bytes. An identity has 74, a data key
// about 70.
const maxCopy = 1024

var errLongCopy = errors.New("the copy is longer than any that awsmint makes")

// kernelGet returns the value of the key, in two system calls.
func kernelGet(name string) (secret.String, error) {
	id, err := unix.KeyctlSearch(unix.KEY_SPEC_USER_KEYRING, keyType, name, 0)
	if err != nil {
		return secret.String{}, err
	}
	value := make([]byte, maxCopy)
	n, err := unix.KeyctlBuffer(unix.KEYCTL_READ, id, value, 0)
	if err != nil {
		return secret.String{}, err
	}
	if n > len(value) {
		return secret.String{}, errLongCopy
	}
	return secret.New(string(value[:n])), nil
}

// kernelPut keeps value for the time given, in place of what was there.
//
// The key is made in the keyring of this thread, is given its time limit and
// permissions there, and only then linked where others see it: whatever fails,
// and whenever the process is killed, no key without a limit stays behind.
func kernelPut(name string, value secret.String, limit time.Duration) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	id, err := unix.AddKey(keyType, name, []byte(value.Reveal()), unix.KEY_SPEC_THREAD_KEYRING)
	if err != nil {
		return err
	}
	defer func() {
		_, _ = unix.KeyctlInt(unix.KEYCTL_UNLINK, id, unix.KEY_SPEC_THREAD_KEYRING, 0, 0)
	}()
	seconds := int((limit + time.Second - 1) / time.Second)
	if _, err := unix.KeyctlInt(unix.KEYCTL_SET_TIMEOUT, id, seconds, 0, 0); err != nil {
		return err
	}
	if err := unix.KeyctlSetperm(id, keyPermissions); err != nil {
		return err
	}
	_, err = unix.KeyctlInt(unix.KEYCTL_LINK, id, unix.KEY_SPEC_USER_KEYRING, 0, 0)
	return err
}

// kernelDrop unlinks the key. It fails only when there is one and it stays.
func kernelDrop(name string) error {
	id, err := unix.KeyctlSearch(unix.KEY_SPEC_USER_KEYRING, keyType, name, 0)
	if err != nil {
		// No key, an expired one, or a kernel that keeps none for us.
		return nil
	}
	_, err = unix.KeyctlInt(unix.KEYCTL_UNLINK, id, unix.KEY_SPEC_USER_KEYRING, 0, 0)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOKEY) {
		return nil
	}
	return err
}
