package doctor

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// inFiles are the names that variables have in the config files.
var inFiles = map[string]string{
	keycheck.AccessKeyID: "aws_access_key_id", keycheck.SecretAccessKey: "aws_secret_access_key",
	keycheck.SessionToken: "aws_session_token", keycheck.SecurityToken: "aws_security_token",
}

// asWritten puts these names into a text about variables.
var asWritten = strings.NewReplacer(
	keycheck.AccessKeyID, "aws_access_key_id", keycheck.SecretAccessKey, "aws_secret_access_key",
	keycheck.SessionToken, "aws_session_token", keycheck.SecurityToken, "aws_security_token", "unset ", "take out ",
)

// plainOf are the credentials that stand in a profile.
func plainOf(section *awsconfig.Section) variables {
	return variables{
		area: Profile, profile: section.Name(), holder: fmt.Sprintf("profile %q", section.Name()),
		fresh: "get new ones where these came from, or delete them",
		where: func(name string) string { return place(section, inFiles[name]) },
		get: func(name string) secret.String {
			value := section.Get(inFiles[name])
			// Tools write the session token under both names, which is
			// as well: SDKs read the one or the other.
			if name == keycheck.SecurityToken && value == section.Get(inFiles[keycheck.SessionToken]) {
				value = ""
			}
			return secret.New(value)
		},
	}
}

// plaintext looks at credentials that stand in the config files: their form, and
// whether they should stand there at all. other says that nobody has asked about
// the profile: what looks like none of AWS's is another vendor's then, as it is
// with an endpoint of the profile's own. It reports whether AWS can be asked
// about them.
func (e *examination) plaintext(section *awsconfig.Section, other bool) (fine bool) {
	v := plainOf(section)
	if !v.has(keycheck.AccessKeyID) && !v.has(keycheck.SecretAccessKey) && !v.has(keycheck.SessionToken) && !v.has(keycheck.SecurityToken) {
		return true
	}
	if (other || hasEndpoint(section)) && !isForAWS(v) {
		e.add(Finding{
			ID: "local-credentials", Severity: OK, Area: Profile, Profile: section.Name(), Where: v.where(keycheck.AccessKeyID),
			Fact: "aws_access_key_id is none of AWS's ids: it is taken to be for somebody else's endpoint",
		})
		return false
	}
	fine = true
	for _, p := range keycheck.Check(keycheck.FromVariables(v.get, e.Now())) {
		e.add(Finding{
			ID: p.ID, Severity: Severity(p.Severity), Area: Profile, Profile: section.Name(),
			Where: firstSet(v.where(p.Where), v.where(keycheck.AccessKeyID), v.where(keycheck.SecretAccessKey)),
			Fact:  asWritten.Replace(p.Fact), Advice: asWritten.Replace(p.Advice),
		})
		fine = fine && p.Severity != keycheck.Error
	}
	e.inBothFiles(section)
	if !fine || e.isOver(section, v) {
		return false
	}
	if _, ours := provider.OwnLine(section.Get("credential_process")); !ours && !v.has(keycheck.SessionToken) {
		e.add(Finding{
			ID: "key-in-plain-text", Severity: Warning, Area: Profile, Profile: section.Name(), Where: v.where(keycheck.AccessKeyID),
			Fact:   fmt.Sprintf("the key %s stands in plain text: every program that can read the file has it", provider.LastFour(v.text(keycheck.AccessKeyID))),
			Advice: "run: awsmint import " + section.Name(),
		})
	}
	return true
}

// hasEndpoint reports whether a profile sends requests to a place of its own.
func hasEndpoint(section *awsconfig.Section) bool {
	return section.Setting("endpoint_url") != "" || section.Setting("services") != ""
}

// isForAWS reports whether one of the values begins as AWS's ids do, whatever
// else stands in it, or there is no id to tell.
func isForAWS(v variables) bool {
	for _, name := range []string{keycheck.AccessKeyID, keycheck.SecretAccessKey} {
		if isAWSKey(strings.ToUpper(strings.TrimLeft(v.text(name), " \t\"'"))) {
			return true
		}
	}
	return !v.has(keycheck.AccessKeyID)
}

// ends are the keys under which tools note when a session that they wrote ends.
var ends = []string{"aws_expiration", "aws_session_expiration", "aws_credential_expiration", "expiration", "x_security_token_expires"}

// isOver tells of a session whose end is noted beside it, and past.
func (e *examination) isOver(section *awsconfig.Section, v variables) bool {
	if !v.has(keycheck.SessionToken) {
		return false
	}
	for _, key := range ends {
		at, err := keycheck.ParseTime(section.Get(key))
		if err != nil {
			at, err = time.Parse(time.DateTime, section.Get(key)) // aws-mfa's, in UTC
		}
		if err == nil && at.Before(e.Now()) {
			e.add(Finding{
				ID: "expired", Severity: Error, Area: Profile, Profile: section.Name(), Where: place(section, key),
				Fact: fmt.Sprintf("the session in the profile is over since %s", at.UTC().Format(time.RFC3339)), Advice: v.fresh,
			})
			return true
		}
	}
	return false
}

// inBothFiles tells of a key in the config file that is never used, since the
// credentials file has another one.
func (e *examination) inBothFiles(section *awsconfig.Section) {
	const id = "aws_access_key_id"
	if e.alone == nil {
		var err error
		if e.alone, err = awsconfig.Load(awsconfig.Paths{Config: e.Paths.Config}); err != nil {
			return
		}
	}
	hidden, err := e.alone.Profile(section.Name())
	if err != nil || hidden.Get(id) == "" || hidden.Get(id) == section.Get(id) {
		return
	}
	e.add(Finding{
		ID: "key-in-both-files", Severity: Warning, Area: Profile, Profile: section.Name(), Where: place(hidden, id),
		Fact:   fmt.Sprintf("this key, %s, is never used: %s has another one, %s, which goes before it", cleanID(hidden.Get(id)), place(section, id), cleanID(section.Get(id))),
		Advice: "delete the lines of the one that is not meant",
	})
}

// isOfKeys reports whether an error is of the plaintext keys themselves, whose
// form was told of already.
func isOfKeys(err error) bool {
	var setting *provider.SettingError
	if errors.As(err, &setting) {
		return strings.HasPrefix(setting.Key, "aws_")
	}
	return errors.Is(err, provider.ErrHalfKey)
}

// inPlainText asks AWS about what stands in the config files at the root of a
// chain. other is as for plaintext.
func (e *examination) inPlainText(root *provider.Static, session *provider.Session, other bool) {
	section, err := e.config.Profile(root.Profile())
	if err != nil || !e.plaintext(section, other) || e.Offline {
		return
	}
	if key, ok := root.LongTerm(); ok {
		e.askAboutKey(root.Profile(), key, session, true)
		return
	}
	e.askAbout(plainOf(section))
}
