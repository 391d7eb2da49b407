package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
)

// TestEveryWayToSetAnEndpointIsFollowed mints through each: all others point
// to where nobody listens.
func TestEveryWayToSetAnEndpointIsFollowed(t *testing.T) {
	for name, set := range map[string]func(url string) (lines string, env environment){
		"AWS_ENDPOINT_URL_STS": func(url string) (string, environment) {
			return "services = s\nendpoint_url = " + nowhere + "\n[services s]\nsts =\n  endpoint_url = " + nowhere + "\n",
				environment{"AWS_ENDPOINT_URL_STS": url, "AWS_ENDPOINT_URL": nowhere, "AWS_ENDPOINT_URL_IAM": nowhere}
		},
		"AWS_ENDPOINT_URL": func(url string) (string, environment) {
			return "services = s\nendpoint_url = " + nowhere + "\n[services s]\nsts =\n  endpoint_url = " + nowhere + "\n",
				environment{"AWS_ENDPOINT_URL": url}
		},
		"services": func(url string) (string, environment) {
			return "services = s\nendpoint_url = " + nowhere + "\n[services s]\nsts =\n  endpoint_url = " + url + "\n", nil
		},
		"endpoint_url": func(url string) (string, environment) {
			return "endpoint_url = " + url + "\n", nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			lines, env := set(w.sts.URL())
			w.env = env
			w.mustMint(w.settings() + lines)
			w.wantCalls(1)
		})
	}
}

// nowhere is an endpoint that refuses connections: port 1 is tcpmux's, which
// nothing runs any more.
const nowhere = "http://127.0.0.1:1"

// behindTLS serves the world's STS with TLS and returns its certificate in a
// PEM file.
func behindTLS(w *world) (url, bundle string) {
	w.t.Helper()
	s := httptest.NewTLSServer(w.sts.Handler())
	w.t.Cleanup(s.Close)
	s.Config.ErrorLog = discard
	w.env = environment{"AWS_ENDPOINT_URL_STS": s.URL}
	return s.URL, writePEM(w.t, s.Certificate().Raw)
}

func writePEM(t *testing.T, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// selfSigned makes a certificate for 127.0.0.1 that was valid until then.
func selfSigned(t *testing.T, until time.Time) (der []byte, key *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "another"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: until.Add(-time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	if der, err = x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key); err != nil {
		t.Fatal(err)
	}
	return der, key
}

func TestCABundleIsTrusted(t *testing.T) {
	for _, by := range []string{"AWS_CA_BUNDLE", "ca_bundle"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, bundle := behindTLS(w)
			lines := w.settings()
			if by == "ca_bundle" {
				lines += "ca_bundle = " + bundle + "\n"
			} else {
				w.env["AWS_CA_BUNDLE"] = bundle
				lines += "ca_bundle = /nowhere.pem\n"
			}
			w.mustMint(lines)
			w.wantCalls(1)
		})
	}
}

func TestCertificatesThatAreNotTrusted(t *testing.T) {
	t.Run("unknown authority", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		url, _ := behindTLS(w)
		_, err := w.mint(w.settings())
		wantFault(t, err, fault.Network, url, "is not trusted", "unknown authority", "AWS_CA_BUNDLE", "ca_bundle")
		w.wantCalls(0)
	})
	t.Run("another authority", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		behindTLS(w)
		der, _ := selfSigned(t, time.Now().Add(time.Hour))
		w.env["AWS_CA_BUNDLE"] = writePEM(t, der)
		_, err := w.mint(noMFA)
		wantFault(t, err, fault.Network, "is not trusted", "unknown authority", "AWS_CA_BUNDLE")
	})
	t.Run("expired", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		der, key := selfSigned(t, time.Now().Add(-time.Hour))
		s := httptest.NewUnstartedServer(w.sts.Handler())
		s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		s.Config.ErrorLog = discard
		s.StartTLS()
		t.Cleanup(s.Close)
		w.env = environment{"AWS_ENDPOINT_URL_STS": s.URL, "AWS_CA_BUNDLE": writePEM(t, der)}
		_, err := w.mint(noMFA)
		wantFault(t, err, fault.Network, "is not trusted", "expired", "clock")
	})
}

// TestWrongCABundleIsToldBeforeCode: a code that was typed would be lost.
func TestWrongCABundleIsToldBeforeCode(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, words string }{
		{filepath.Join(t.TempDir(), "missing.pem"), "can't be read"},
		{empty, "holds no certificate"},
	} {
		w := newWorld(t)
		w.env["AWS_CA_BUNDLE"] = test.path
		var asked []string
		w.keys.fail = func(operation, account string) error { asked = append(asked, account); return nil }
		_, err := w.mint(w.settings())
		wantFault(t, err, fault.Usage, test.path, test.words, "AWS_CA_BUNDLE", "ca_bundle")
		if len(asked) != 0 {
			t.Errorf("the keychain was asked for %q, want nothing", asked)
		}
	}
}
