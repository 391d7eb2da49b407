//go:build linux

// Package keyringtest starts a real Secret Service for a test: gnome-keyring
// on a session bus of its own, with a home of its own. It is for tests alone.
package keyringtest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// startTimeout bounds the start of each daemon; both take well under a second.
const startTimeout = 20 * time.Second

const (
	serviceName = "org.freedesktop.secrets"
	servicePath = dbus.ObjectPath("/org/freedesktop/secrets")
	collection  = servicePath + "/collection/login"
)

// busConfig is a bus that starts no service by itself: what is not started by
// the test is not there, and nothing is left behind.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// SecretService is a Secret Service with an unlocked login keyring.
type SecretService struct {
	// Environ says where the service is, NAME=value each, with a private HOME,
	// XDG_RUNTIME_DIR, XDG_DATA_HOME and XDG_CONFIG_HOME.
	Environ []string

	t       testing.TB
	conn    *dbus.Conn
	keyring *exec.Cmd
}

// StartSecretService starts a service that ends with the test. It skips the
// test where a program is missing, and fails it instead when
// AWSMINT_TEST_REQUIRE is "all".
func StartSecretService(t testing.TB) *SecretService {
	t.Helper()
	for _, program := range []string{"dbus-daemon", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
				t.Fatalf("%s is not installed", program)
			}
			t.Skipf("%s is not installed", program)
		}
	}

	// A socket's path has at most 107 bytes (unix(7)): too few for t.TempDir
	// with a long name of a test.
	dir, err := os.MkdirTemp("", "keyring")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &SecretService{t: t}
	for _, name := range []string{"HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME"} {
		path := filepath.Join(dir, strings.ToLower(name))
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		s.Environ = append(s.Environ, name+"="+path)
	}
	address := s.startBus(dir)
	s.Environ = append(s.Environ, "DBUS_SESSION_BUS_ADDRESS="+address)
	s.connect(address)
	s.startKeyring()
	return s
}

func (s *SecretService) startBus(dir string) (address string) {
	s.t.Helper()
	config, socket := filepath.Join(dir, "bus.conf"), filepath.Join(dir, "bus")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, socket), 0o600); err != nil {
		s.t.Fatal(err)
	}
	bus := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config)
	out, err := bus.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.start(bus)
	// The address is printed once the socket takes connections.
	line := make([]byte, 4096)
	n, err := out.Read(line)
	if err != nil {
		s.t.Fatalf("dbus-daemon gave no address: %v", err)
	}
	return strings.TrimSpace(string(line[:n]))
}

func (s *SecretService) connect(address string) {
	s.t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.conn = conn
	s.t.Cleanup(func() { _ = conn.Close() })
}

func (s *SecretService) startKeyring() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	owners := make(chan *dbus.Signal, 16)
	s.conn.Signal(owners)
	defer s.conn.RemoveSignal(owners)
	if err := s.conn.AddMatchSignalContext(ctx,
		dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"),
		dbus.WithMatchArg(0, serviceName)); err != nil {
		s.t.Fatal(err)
	}

	s.keyring = exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	s.keyring.Env = append(os.Environ(), s.Environ...)
	// Without a display there is nothing to ask on, and a test must not ask.
	s.keyring.Env = append(s.keyring.Env, "DISPLAY=", "WAYLAND_DISPLAY=")
	s.keyring.Stdin = strings.NewReader("the login password")
	s.keyring.Stdout, s.keyring.Stderr = io.Discard, io.Discard
	s.start(s.keyring)

	for {
		select {
		case signal := <-owners:
			if signal != nil && len(signal.Body) == 3 && signal.Body[2] != "" {
				s.requireUnlocked(ctx)
				return
			}
		case <-ctx.Done():
			s.t.Fatal("gnome-keyring did not take its name on the bus")
		}
	}
}

func (s *SecretService) requireUnlocked(ctx context.Context) {
	s.t.Helper()
	var locked dbus.Variant
	err := s.conn.Object(serviceName, collection).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
		"org.freedesktop.Secret.Collection", "Locked").Store(&locked)
	if err != nil || locked.Value() != false {
		s.t.Fatalf("the login keyring is not unlocked: %v %v", locked, err)
	}
}

// start starts a daemon that is killed, by its pid, when the test ends.
func (s *SecretService) start(cmd *exec.Cmd) {
	s.t.Helper()
	// Should the test binary be killed, its daemons go with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// Getenv reads Environ, in the form that keychain.Options takes.
func (s *SecretService) Getenv(name string) string {
	for _, entry := range s.Environ {
		if n, value, _ := strings.Cut(entry, "="); n == name {
			return value
		}
	}
	return ""
}

// Lock locks the login keyring.
func (s *SecretService) Lock() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	err := s.conn.Object(serviceName, servicePath).CallWithContext(ctx, "org.freedesktop.Secret.Service.Lock", 0,
		[]dbus.ObjectPath{collection}).Store(&locked, &prompt)
	if err != nil || len(locked) != 1 {
		s.t.Fatalf("the login keyring was not locked: %v %v", locked, err)
	}
}

// Prompts is how often the service was asked for a dialog while do ran.
func (s *SecretService) Prompts(do func()) (n int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	monitor, err := dbus.Connect(s.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = monitor.Close() }()
	const prompt, ping = "interface='org.freedesktop.Secret.Prompt',member='Prompt'", "interface='org.freedesktop.DBus.Peer',member='Ping'"
	rules := []string{"type='method_call'," + prompt, "type='method_call'," + ping}
	if err := monitor.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, rules, uint32(0)).Err; err != nil {
		s.t.Fatal(err)
	}
	calls := make(chan *dbus.Message, 1024)
	monitor.Eavesdrop(calls)
	do()
	// The bus keeps the order: what came before this call was seen before it.
	if err := s.conn.Object(serviceName, servicePath).CallWithContext(ctx, "org.freedesktop.DBus.Peer.Ping", 0).Err; err != nil {
		s.t.Fatal(err)
	}
	for {
		select {
		case call := <-calls:
			switch call.Headers[dbus.FieldMember].Value() {
			case "Prompt":
				n++
			case "Ping":
				return n
			}
		case <-ctx.Done():
			s.t.Fatal("the bus did not tell of its calls")
		}
	}
}

// Stop stops the service as SIGSTOP does: it is there and does not answer.
func (s *SecretService) Stop() { s.signal(syscall.SIGSTOP) }

// Continue ends what Stop began.
func (s *SecretService) Continue() { s.signal(syscall.SIGCONT) }

func (s *SecretService) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.keyring.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}
