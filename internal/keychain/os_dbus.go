//go:build unix && !darwin

package keychain

import (
	"errors"
	"io"
	"net"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	osName       = "the Secret Service"
	osUnlockHint = "unlock the login keyring: sign in to the desktop, or run gnome-keyring-daemon --replace --unlock and type its password"
	osDeniedHint = "allow awsmint in the program that serves org.freedesktop.secrets"
	osAnswerHint = "start or restart the program that serves it (gnome-keyring, KWallet or KeePassXC), or answer its dialog if one is open"
	osLimitHint  = "D-Bus carries at most 128 MiB a message, and the program that serves it may take less"
)

// dialogPossible reports whether the Secret Service has a display to ask on.
func dialogPossible(getenv func(string) string) bool {
	return getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}

// errorIsLocked is the service's name for an error.
const errorIsLocked = "org.freedesktop.Secret.Error.IsLocked"

func kindOfOS(err error) error {
	var remote dbus.Error
	if errors.As(err, &remote) {
		return kindOfName(remote.Name)
	}
	var network *net.OpError
	if errors.As(err, &network) || errors.Is(err, dbus.ErrClosed) || errors.Is(err, io.EOF) {
		return ErrUnreachable
	}
	text := err.Error()
	switch {
	// go-keyring's own text for a collection that stayed locked.
	case strings.Contains(text, "failed to unlock correct collection"):
		return ErrLocked
	// godbus has no types for an address it can't use or a bus that turns it
	// away; all its texts begin so.
	case strings.HasPrefix(text, "dbus: "):
		return ErrUnreachable
	}
	return nil
}

// kindOfName sorts the names of errors sent by the bus or by the service: those
// of https://specifications.freedesktop.org/secret-service/ and of libdbus.
func kindOfName(name string) error {
	const (
		bus    = "org.freedesktop.DBus.Error."
		secret = "org.freedesktop.Secret.Error."
	)
	switch name {
	case errorIsLocked:
		return ErrLocked
	case bus + "AccessDenied", bus + "AuthFailed", bus + "InteractiveAuthorizationRequired":
		return ErrDenied
	case bus + "LimitsExceeded":
		return ErrTooLarge
	case bus + "ServiceUnknown", bus + "NameHasNoOwner", bus + "NoReply", bus + "NoServer",
		bus + "Timeout", bus + "TimedOut", bus + "Disconnected", bus + "NoNetwork",
		// There is a service but no keyring in it: nobody has made one yet.
		bus + "UnknownObject", bus + "UnknownMethod", bus + "UnknownInterface", secret + "NoSuchObject":
		return ErrUnreachable
	}
	if strings.HasPrefix(name, bus+"Spawn.") {
		return ErrUnreachable
	}
	return nil
}
