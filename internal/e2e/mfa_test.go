//go:build unix

package e2e

import (
	"bytes"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/pquerna/otp/totp"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

const newDevice = "arn:aws:iam::111122223333:mfa/phone"

// scanned is the seed in a picture, read by somebody else's program.
func scanned(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return seedIn(t, result.GetText())
}

// seedIn is the seed in the URL of a code, which is as authenticator apps want
// it.
func seedIn(t *testing.T, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/AWS:phone@111122223333" || u.Query().Get("issuer") != "AWS" {
		t.Fatalf("%v: the code holds a URL of %q", err, u.Path)
	}
	return u.Query().Get("secret")
}

// shows is what a device with a seed shows, that many steps from now.
func shows(t *testing.T, seed string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(seed, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// settledKey is a lab with alice's key and no device of hers in the profile.
func settledKey(t *testing.T) (*lab.Lab, *ststest.User) {
	t.Helper()
	l, alice := withKey(t, false)
	edit(t, l.ConfigFile(), "awsmint_mfa_serial = "+alice.MFASerial+"\n", "")
	return l, alice
}

// A person enrols a phone: scans the code, types two of the phone's codes, and
// is asked for the phone's codes from then on.
func TestEnrollAPhone(t *testing.T) {
	t.Parallel()
	l, alice := settledKey(t)
	l.Set("TERM", "xterm-256color")
	file := filepath.Join(t.TempDir(), "phone.png")
	c := capture(t, l, l.Binary, "mfa", "enroll", "work", "--name", "phone", "--qr", file)
	c.Expect("Scan this with an authenticator app:")
	c.Expect("\x1b[38;5;16;48;5;231m")
	c.Expect("▀")
	c.Expect("The code that the app shows: ")
	seed := scanned(t, file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v: the picture's mode is %v", err, info.Mode())
	}
	// A step is chosen once, so that its end does not come between the two.
	first, second := shows(t, seed, -1), shows(t, seed, 0)
	c.Type("12345\n")
	c.Expect("A code has six digits.")
	c.Expect("The code that the app shows: ")
	c.Type(first + "\n")
	c.Expect("The next one, within 30 s: ")
	c.Type(first + "\n")
	c.Expect("That is the same code")
	c.Expect("The next one, within 30 s: ")
	c.Type(strings.NewReplacer("0", "1", "1", "2", "2", "3", "3", "4", "4", "5", "5", "6", "6", "7", "7", "8", "8", "9", "9", "0").Replace(second) + "\n")
	c.Expect("AWS did not accept these codes.")
	c.Expect("The code that the app shows: ")
	c.Type(first + "\n")
	c.Expect("The next one, within 30 s: ")
	c.Type(second + "\n")
	r := c.result(t)
	if r.Err != nil || !strings.Contains(r.Stdout, "MFA:     "+newDevice+"\nseed:    on your phone alone") || strings.Contains(r.Stdout, "both factors") {
		t.Fatalf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	if !strings.Contains(r.Stderr, "holds the seed: remove it") {
		t.Errorf("stderr %q", r.Stderr)
	}
	if got := l.AWS.MFADevices("alice"); !slices.Equal(got, []string{alice.MFASerial, newDevice}) {
		t.Errorf("devices %q", got)
	}
	if strings.Contains(c.Screen()+r.Stdout+r.Stderr, seed) || strings.Contains(c.Screen(), second) {
		t.Error("the seed or a code was shown as text")
	}
	failed(t, l.Run("", "mfa", "code", "work"), 4, "no seed is stored")

	// The codes that enabled the device are known to be spent: the prompt comes
	// when there is another.
	c = capture(t, l, l.Binary, "process", "work")
	c.Expect("The present MFA code was used already; waiting")
	c.Type("\x03")
	failed(t, c.result(t), 3)
}

// On a narrow terminal, and with --text, the seed is shown as text, and only on
// the terminal. Ctrl-C leaves no device, no picture and no change.
func TestEnrollIsCancelled(t *testing.T) {
	t.Parallel()
	l, alice := settledKey(t)
	before, err := os.ReadFile(l.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "phone.png")
	for _, narrow := range []bool{true, false} {
		c := &captured{}
		args := []string{"mfa", "enroll", "work", "--name", "phone", "--qr", file}
		if narrow {
			args = append([]string{"-c", "stty cols 40 < /dev/tty; exec \"$@\"", "sh", l.Binary}, args...)
			c = capture(t, l, "/bin/sh", args...)
		} else {
			c = capture(t, l, l.Binary, append(args, "--text")...)
		}
		c.Expect("otpauth://totp/AWS:phone@111122223333?secret=")
		c.Expect("The code that the app shows: ")
		if strings.Contains(c.Screen(), "▀") {
			t.Error("a QR code was drawn")
		}
		c.Type("\x03")
		r := c.result(t)
		failed(t, r, 3, "awsmint: cancelled\n", "the new device "+newDevice+" is deleted again")
		if !c.Echoes() || strings.Contains(r.Stderr, "otpauth") {
			t.Errorf("the terminal is without echo, or stderr holds the seed: %q", r.Stderr)
		}
		if got := l.AWS.AllDevices(); !slices.Equal(got, []string{alice.MFASerial}) {
			t.Errorf("devices %q", got)
		}
		if _, err := os.Lstat(file); !os.IsNotExist(err) {
			t.Errorf("the picture is left: %v", err)
		}
	}
	after, err := os.ReadFile(l.ConfigFile())
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("%v: the config file was changed", err)
	}
}

// A seed that is typed is not shown, is tried at AWS, and serves from then on.
func TestAddASeedOnTheTerminal(t *testing.T) {
	t.Parallel()
	l, alice := settledKey(t)
	c := capture(t, l, l.Binary, "mfa", "add", "work")
	c.Expect("Seed of the device, or its otpauth:// URL (hidden): ")
	c.Type(strings.ToLower(alice.Seed[:32]) + " " + alice.Seed[32:] + "\n")
	r := c.result(t)
	if r.Err != nil || !strings.Contains(r.Stdout, "session: credentials until") || !strings.Contains(r.Stdout, "both factors") {
		t.Fatalf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	if shown := c.Screen() + r.Stdout; strings.Contains(strings.ToUpper(shown), alice.Seed[:8]) {
		t.Error("the seed was shown")
	}
	// The device was found at AWS, and the session that was got is the
	// profile's.
	if text, err := os.ReadFile(l.ConfigFile()); err != nil || !strings.Contains(string(text), "awsmint_mfa_serial = "+alice.MFASerial) {
		t.Errorf("%v: the profile does not name the device", err)
	}
	succeeded(t, l.Run("", "process", "work"))
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// A fresh code is one that awsmint has not sent, and will not send.
func TestAFreshCode(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	r := l.Run("", "mfa", "code", "work", "--fresh")
	if r.Err != nil || len(r.Stdout) != 7 || !strings.HasSuffix(r.Stderr, " s left\n") {
		t.Fatalf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	if again := l.Run("", "mfa", "code", "work"); again.Err != nil || again.Stdout == r.Stdout && !strings.Contains(again.Stderr, "used already") {
		t.Errorf("status %d, stderr %q", again.Status, again.Stderr)
	}
	// With no time to wait there is another only where a step has just begun.
	l.Set("AWSMINT_PROMPT_TIMEOUT", "1s")
	if again := l.Run("", "mfa", "code", "work", "--fresh"); again.Stdout == r.Stdout || again.Err != nil && again.Status != 3 {
		t.Errorf("status %d, stderr %q: or the same code again", again.Status, again.Stderr)
	}
}

func TestForgettingASeedAsks(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	for answer, status := range map[string]int{"\n": 3, "n\n": 3, "\x03": 3} {
		c := capture(t, l, l.Binary, "mfa", "remove", "work")
		c.Expect("nobody will be able to make codes of " + alice.MFASerial)
		c.Expect(`Forget the seed of profile "work"? [y/N] `)
		c.Type(answer)
		failed(t, c.result(t), status)
	}
	c := capture(t, l, l.Binary, "mfa", "remove", "work")
	c.Expect("[y/N] ")
	c.Type("y\n")
	if r := c.result(t); r.Err != nil || !strings.Contains(r.Stdout, "the seed is forgotten") {
		t.Fatalf("status %d, stderr %q", r.Status, r.Stderr)
	}
	failed(t, l.Run("", "mfa", "code", "work"), 4)
}

// Whatever goes wrong with a seed, nothing in clear is left of it: not in the
// log, not in a temporary file, not in what is said or in a command line.
func TestNoSeedIsLeft(t *testing.T) {
	t.Parallel()
	l, alice := settledKey(t)
	outside := filepath.Join(t.TempDir(), "phone.png")
	var said strings.Builder
	keep := func(r lab.Result) lab.Result { said.WriteString(r.Stdout + r.Stderr); return r }

	seedURL := "otpauth://totp/AWS:alice?secret=" + alice.Seed
	keep(l.Run(seedURL+"&digits=8", "mfa", "add", "work", "--stdin"))
	keep(l.Run(seedURL+"%zz", "mfa", "add", "work", "--stdin"))
	keep(l.Run(alice.Seed+"!", "mfa", "add", "work", "--stdin"))
	l.AWS.Inject(ststest.Fault{Action: "GetSessionToken", Code: "AccessDenied", Times: 1})
	keep(l.Run(alice.Seed, "mfa", "add", "work", "--stdin"))
	if r := keep(l.Run(seedURL, "mfa", "add", "work", "--stdin", "--no-verify", "--mfa-serial", alice.MFASerial)); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	keep(l.Run("", "mfa", "remove", "work", "--yes"))
	edit(t, l.ConfigFile(), "awsmint_mfa_serial = "+alice.MFASerial+"\n", "")
	l.AWS.Inject(ststest.Fault{Action: "EnableMFADevice", Code: "AccessDenied", Times: 1})
	keep(l.Run("", "mfa", "enroll", "work", "--name", "phone", "--store", "--qr", outside))
	if r := keep(l.Run("", "mfa", "enroll", "work", "--name", "phone", "--store", "--qr", outside)); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	if err := os.WriteFile(filepath.Join(l.Dir, "said"), []byte(said.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	enrolled := scanned(t, outside)
	sweep(t, l, map[string]string{
		"alice's seed": alice.Seed, "the new seed": enrolled, "its code": shows(t, enrolled, 0), "the code before": shows(t, enrolled, -1),
		"alice's secret": alice.SecretAccessKey,
	}, 4)
}
