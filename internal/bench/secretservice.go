package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

// startTries bounds the wait for the keyring, in tenths of a second.
const startTries = 50

// busConfig is a bus that starts no service by itself: a keyring that it
// started would be a locked one.
const busConfig = `<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// secretService is a lab whose keychain is a real gnome-keyring on a bus of its
// own, with a session in the cache and no kernel keyring.
func (b *bench) secretService() (*lab.Lab, func(), error) {
	dir := filepath.Join(b.dir, "ss") // short: a socket's path has 107 bytes
	for _, name := range []string{"run", "data"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return nil, nil, err
		}
	}
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, filepath.Join(dir, "bus")), 0o600); err != nil {
		return nil, nil, err
	}
	bus := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config)
	out, err := bus.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := bus.Start(); err != nil {
		return nil, nil, err
	}
	started := []*exec.Cmd{bus}
	stop := func() {
		for _, cmd := range started {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("no session bus: %w", err)
	}
	environ := []string{
		"DBUS_SESSION_BUS_ADDRESS=" + strings.TrimSpace(address), "HOME=" + dir,
		"XDG_RUNTIME_DIR=" + filepath.Join(dir, "run"), "XDG_DATA_HOME=" + filepath.Join(dir, "data"),
	}
	keyring := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	keyring.Env, keyring.Stdin = append(os.Environ(), environ...), strings.NewReader("password")
	if err := keyring.Start(); err != nil {
		stop()
		return nil, nil, err
	}
	started = append(started, keyring)

	l, err := lab.New(filepath.Join(b.dir, "service"), b.binary)
	if err != nil {
		stop()
		return nil, nil, err
	}
	l.Set("AWSMINT_LOG", "")
	l.Set("AWSMINT_KEYCHAIN", "os")
	l.Set("AWSMINT_KERNEL_KEYRING", "off")
	l.Set("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	alice := l.AWS.AddUser("alice")
	for range startTries {
		if err = l.Add("work", alice, true); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err == nil {
		err = warm(l)
	}
	end := func() { _ = l.Close(); stop() }
	if err != nil {
		end()
		return nil, nil, errors.Join(errors.New("the keyring did not start"), err)
	}
	return l, end, nil
}
