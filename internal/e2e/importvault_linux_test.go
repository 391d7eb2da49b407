package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/awsmint/awsmint/internal/lab"
)

// aws-vault gives its key by itself where it can. Its line in the profile, which
// another program's would stand in the way, is replaced.
func TestImportFromAwsVault(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	tools := filepath.Join(l.Dir, "tools")
	if err := os.MkdirAll(tools, 0o700); err != nil {
		t.Fatal(err)
	}
	program := fmt.Sprintf("#!/bin/sh\n[ \"$*\" = \"export --no-session --format=json work\" ] && [ -z \"$AWS_VAULT\" ] && [ -z \"$AWSMINT_PASSPHRASE\" ] || { echo wrong >&2; exit 9; }\n"+
		"echo '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"}'\n", alice.AccessKeyID, alice.SecretAccessKey)
	if err := lab.WriteProgram(filepath.Join(tools, "aws-vault"), program); err != nil {
		t.Fatal(err)
	}
	path := "/usr/bin:/bin"
	l.Set("PATH", tools+":"+path)
	l.Set("AWS_VAULT", "outer")
	plainText(t, l, alice)
	for path, text := range map[string]string{
		l.ConfigFile():     "[profile work]\ncredential_process = /opt/bin/aws-vault export --format=json work\n",
		credentialsFile(l): "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := l.Run("", "import", "work", "--from", "aws-vault", "--yes")
	if r.Err != nil || !strings.HasSuffix(r.Stderr, "aws-vault has the key still; when all works: aws-vault remove work\n") || strings.Count(r.Stderr, "aws-vault") != 2 {
		t.Fatalf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if got := textOf(t, l.ConfigFile()); !strings.Contains(got, "awsmint process work") || strings.Contains(got, "aws-vault") {
		t.Errorf("the config file is\n%s", got)
	}
	if !storesKey(t, l, alice) {
		t.Error("the key is not stored")
	}

	failed(t, l.Run("", "import", "other", "--from", "aws-vault", "--yes"), 1, "gives no key for profile \"other\"", "wrong")
	l.Set("PATH", path)
	failed(t, l.Run("", "import", "other", "--from", "aws-vault", "--yes"), 7, "aws-vault is not installed", "--paste")
}

// Without the program its item in the Secret Service does: in a collection of
// its own, with the key's JSON inside of the item's.
func TestImportFromAwsVaultsItem(t *testing.T) {
	t.Parallel()
	l, service, _ := withSecretService(t)
	bob := l.AWS.AddUser("bob")
	inner, _ := json.Marshal(map[string]any{"AccessKeyID": bob.AccessKeyID, "SecretAccessKey": bob.SecretAccessKey, "SessionToken": "", "ProviderName": ""})
	item, _ := json.Marshal(map[string]any{"Key": "vaulted", "Data": inner, "Label": "aws-vault (vaulted)"})
	putIntoAwsVault(t, service.Getenv("DBUS_SESSION_BUS_ADDRESS"), "vaulted", item)

	r := l.Run("", "import", "vaulted", "--from", "aws-vault", "--yes")
	if r.Err != nil || !strings.Contains(r.Stdout, "of "+bob.ARN) || !strings.Contains(r.Stderr, "aws-vault remove vaulted\n") {
		t.Fatalf("%d %s%s", r.Status, r.Stdout, r.Stderr)
	}
	if r := l.Run("", "import", "vaulted", "--from", "aws-vault", "--yes"); r.Err != nil {
		t.Errorf("aws-vault's copy was taken away: %s", r.Stderr)
	}
	failed(t, l.Run("", "import", "other", "--from", "aws-vault", "--yes"), 4, "aws-vault is not installed", "other")
}

// putIntoAwsVault keeps an item as aws-vault does. Its collection is made
// through gnome-keyring's own interface, since the common one would ask for a
// password.
func putIntoAwsVault(t *testing.T, address, profile string, item []byte) {
	t.Helper()
	const secrets, object = "org.freedesktop.secrets", dbus.ObjectPath("/org/freedesktop/secrets")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	type value struct {
		Session     dbus.ObjectPath
		Parameters  []byte
		Value       []byte
		ContentType string
	}
	call := func(path dbus.ObjectPath, method string, args ...any) *dbus.Call {
		t.Helper()
		done := conn.Object(secrets, path).CallWithContext(ctx, method, 0, args...)
		if done.Err != nil {
			t.Fatalf("%s: %v", method, done.Err)
		}
		return done
	}
	var output dbus.Variant
	var session, collection, made, prompt dbus.ObjectPath
	if err := call(object, "org.freedesktop.Secret.Service.OpenSession", "plain", dbus.MakeVariant("")).Store(&output, &session); err != nil {
		t.Fatal(err)
	}
	properties := map[string]dbus.Variant{"org.freedesktop.Secret.Collection.Label": dbus.MakeVariant("awsvault")}
	master := value{session, []byte{}, []byte("master"), "text/plain"}
	if err := call(object, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.CreateWithMasterPassword", properties, master).Store(&collection); err != nil {
		t.Fatal(err)
	}
	properties = map[string]dbus.Variant{
		"org.freedesktop.Secret.Item.Label":      dbus.MakeVariant(profile),
		"org.freedesktop.Secret.Item.Attributes": dbus.MakeVariant(map[string]string{"profile": profile}),
	}
	kept := value{session, []byte{}, item, "application/json"}
	if err := call(collection, "org.freedesktop.Secret.Collection.CreateItem", properties, kept, true).Store(&made, &prompt); err != nil {
		t.Fatal(err)
	}
}
