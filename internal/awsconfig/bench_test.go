package awsconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// manyProfiles is a config of n role profiles and their 20 sources; with n of
// 2,000 it has 530 KB, the size that the project's figures are stated for.
func manyProfiles(n int) string {
	var text strings.Builder
	for i := range 20 {
		fmt.Fprintf(&text, "[profile source-%d]\nregion = eu-west-1\ncredential_process = /usr/local/bin/awsmint process source-%d\nawsmint_mfa_serial = arn:aws:iam::111122223333:mfa/alice\n\n", i, i)
	}
	for i := range n {
		fmt.Fprintf(&text, "# team %d, %s\n[profile account-%d-administrator]\nregion = eu-west-1\noutput = json\nrole_arn = arn:aws:iam::%012d:role/Administrator ; by SSO later\nsource_profile = source-%d\nduration_seconds = 3600\n\n", i, strings.Repeat("x", 50), i, i, i%20)
	}
	return text.String()
}

// BenchmarkLoad2000 is what a run pays for the config: reading the file, then
// a profile and its source.
func BenchmarkLoad2000(b *testing.B) {
	paths := Paths{Config: filepath.Join(b.TempDir(), "config")}
	text := manyProfiles(2000)
	if err := os.WriteFile(paths.Config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		config, err := Load(paths)
		if err != nil {
			b.Fatal(err)
		}
		profile, err := config.Profile("account-1500-administrator")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := config.Profile(profile.Get("source_profile")); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheck2000 reads every section of the same file.
func BenchmarkCheck2000(b *testing.B) {
	config, err := Parse([]byte(manyProfiles(2000)), nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := config.Check(); err != nil {
			b.Fatal(err)
		}
	}
}
