//go:build unix && !darwin

package keychain

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	envBus        = "DBUS_SESSION_BUS_ADDRESS"
	envRuntimeDir = "XDG_RUNTIME_DIR"
	// runtimeRoot holds a directory for each user, named by the user id, made
	// by systemd-logind (pam_systemd(8)).
	runtimeRoot = "/run/user"
	// autolaunch is the address that asks the library to start a bus.
	autolaunch = "autolaunch:"
)

// reachOS returns the check that stands before each call: there must be a
// session bus already. Without one godbus would run dbus-launch, and each call
// would leave a daemon behind.
func reachOS(getenv func(string) string) func() error { return reachBus(getenv, runtimeRoot) }

func reachBus(getenv func(string) string, root string) func() error {
	return func() error {
		address := sessionBus(getenv, root)
		if address == "" {
			return failure(ErrUnreachable, nil,
				"there is no D-Bus session bus, so "+osName+" can't be reached",
				fileHint+"\nor start a session bus (dbus-run-session), or set "+envBus+" to the one that runs")
		}
		// godbus reads this variable first, and runs dbus-launch only when it is
		// empty (conn.go, getSessionBusAddress): with the address set, what was
		// found here is what it uses, even if the socket goes away meanwhile.
		if os.Getenv(envBus) != address {
			return os.Setenv(envBus, address)
		}
		return nil
	}
}

// sessionBus returns the address of the session bus that exists, or "". It
// looks where godbus does (the variable, then bus and dbus-session in the
// user's directory under root), and in XDG_RUNTIME_DIR, where the reference
// library looks and godbus does not.
func sessionBus(getenv func(string) string, root string) string {
	if address := getenv(envBus); address != "" && !strings.HasPrefix(address, autolaunch) {
		return address
	}
	home := filepath.Join(root, strconv.Itoa(os.Getuid()))
	for _, dir := range []string{getenv(envRuntimeDir), home} {
		if dir == "" {
			continue
		}
		socket := filepath.Join(dir, "bus")
		if info, err := os.Stat(socket); err == nil && info.Mode().Type() == os.ModeSocket {
			return "unix:path=" + dbus.EscapeBusAddressValue(socket)
		}
	}
	// Older systems leave the address in a file, as a line NAME=address.
	if text, err := os.ReadFile(filepath.Join(home, "dbus-session")); err == nil {
		if address, ok := strings.CutPrefix(string(text), envBus+"="); ok {
			address = strings.TrimRight(address, "\r\n")
			if !strings.HasPrefix(address, autolaunch) {
				return address
			}
		}
	}
	return ""
}
