package provider

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/secret"
)

// cliToken is a token that `aws sso login` left, while it is valid. It is used
// as it is, and never written: it is the AWS CLI's to renew.
func cliToken(home string, s *SSO, now time.Time) (token secret.String, expires time.Time) {
	if home == "" {
		return token, expires
	}
	data, err := os.ReadFile(cliTokenPath(home, s))
	if err != nil {
		return token, expires
	}
	var file struct {
		StartURL    string `json:"startUrl"`
		Region      string `json:"region"`
		AccessToken string `json:"accessToken"`
		ExpiresAt   string `json:"expiresAt"`
	}
	if json.Unmarshal(data, &file) != nil || plainStartURL(file.StartURL) != plainStartURL(s.StartURL) || file.Region != s.Region {
		return token, expires
	}
	// Releases of 2020 wrote "UTC" where RFC 3339 has "Z".
	expires, err = time.Parse(time.RFC3339, strings.Replace(file.ExpiresAt, "UTC", "Z", 1))
	if err != nil || !now.Before(expires) {
		return token, time.Time{}
	}
	return secret.New(file.AccessToken), expires
}

// cliTokenPath is where the AWS CLI and the SDKs look. SHA-1 makes a name of a
// name here, and protects nothing.
func cliTokenPath(home string, s *SSO) string {
	name := s.Session
	if name == "" {
		name = s.StartURL
	}
	sum := sha1.Sum([]byte(name))
	return filepath.Join(home, ".aws", "sso", "cache", hex.EncodeToString(sum[:])+".json")
}

// plainStartURL takes off what people copy along with it.
func plainStartURL(text string) string { return strings.TrimRight(text, "#/") }
