//go:build unix && !darwin

package keychain

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/awsmint/awsmint/internal/fault"
)

func TestSessionBus(t *testing.T) {
	dir, err := os.MkdirTemp("", "bus") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	listen := func(path string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
	}
	uid := strconv.Itoa(os.Getuid())
	withSocket, withFile, empty, odd := dir+"/root1", dir+"/root2", dir+"/root3", dir+"/root4"
	listen(withSocket + "/" + uid + "/bus")
	listen(dir + "/runtime dir/bus")
	for path, text := range map[string]string{
		withFile + "/" + uid + "/dbus-session": "DBUS_SESSION_BUS_ADDRESS=unix:abstract=/tmp/dbus-x\n",
		odd + "/" + uid + "/dbus-session":      "DBUS_SESSION_BUS_ADDRESS=autolaunch:\n",
		odd + "/" + uid + "/bus":               "not a socket",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	for name, c := range map[string]struct {
		vars map[string]string
		root string
		want string
	}{
		"the variable":                {map[string]string{envBus: "unix:path=/x"}, withSocket, "unix:path=/x"},
		"autolaunch is no address":    {map[string]string{envBus: "autolaunch:"}, empty, ""},
		"autolaunch with a scope":     {map[string]string{envBus: "autolaunch:scope=*"}, withSocket, "unix:path=" + withSocket + "/" + uid + "/bus"},
		"the runtime directory":       {map[string]string{envRuntimeDir: dir + "/runtime dir"}, empty, "unix:path=" + dir + "/runtime%20dir/bus"},
		"a runtime directory without": {map[string]string{envRuntimeDir: dir}, empty, ""},
		"the user's directory":        {nil, withSocket, "unix:path=" + withSocket + "/" + uid + "/bus"},
		"an address in a file":        {nil, withFile, "unix:abstract=/tmp/dbus-x"},
		"a file that says autolaunch": {nil, odd, ""},
		"nothing":                     {nil, empty, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sessionBus(getenv(c.vars), c.root); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What was found is what godbus will use: it reads the variable first.
func TestBusFoundIsTheBusUsed(t *testing.T) {
	t.Setenv(envBus, "")
	if err := reachBus(getenv(map[string]string{envBus: "unix:path=/found"}), t.TempDir())(); err != nil {
		t.Fatal(err)
	}
	if got := os.Getenv(envBus); got != "unix:path=/found" {
		t.Errorf("godbus would use %q", got)
	}
}

func TestDBusErrors(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"a keyring that stayed locked": {fmt.Errorf("failed to unlock correct collection '%v'", "/x"), ErrLocked},
		"an item that is locked":       {dbus.Error{Name: "org.freedesktop.Secret.Error.IsLocked"}, ErrLocked},
		"a bus policy":                 {dbus.Error{Name: "org.freedesktop.DBus.Error.AccessDenied"}, ErrDenied},
		"a message over the limit":     {dbus.Error{Name: "org.freedesktop.DBus.Error.LimitsExceeded"}, ErrTooLarge},
		"nobody serves it":             {dbus.Error{Name: "org.freedesktop.DBus.Error.ServiceUnknown"}, ErrUnreachable},
		"a server that won't start":    {dbus.Error{Name: "org.freedesktop.DBus.Error.Spawn.ChildExited"}, ErrUnreachable},
		"a server without a keyring":   {dbus.Error{Name: "org.freedesktop.DBus.Error.UnknownObject"}, ErrUnreachable},
		"a socket that is dead":        {&net.OpError{Op: "dial", Err: os.ErrNotExist}, ErrUnreachable},
		"a bus that hung up":           {io.EOF, ErrUnreachable},
		"an address that is wrong":     {errors.New("dbus: invalid bus address (no transport)"), ErrUnreachable},
		"what nobody has seen":         {dbus.Error{Name: "org.example.Odd"}, nil},
	} {
		if got := kindOf(c.err); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestNoBusNamesTheFileKeychain(t *testing.T) {
	err := reachBus(getenv(nil), t.TempDir())()
	wantFault(t, err, ErrUnreachable, fault.Keychain, "no D-Bus session bus", "AWSMINT_KEYCHAIN=file", envBus)
}
