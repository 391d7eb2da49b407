package doctor

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/provider"
)

// Clocks. AWS refuses what is signed more than maxSkew off its own clock; codes
// of a stored seed are refused from about half a minute on.
const (
	maxSkew      = 15 * time.Minute
	tellableSkew = 30 * time.Second
)

// clock compares this machine's clock with the Date of an answer.
func (e *examination) clock(at time.Time) {
	if at.IsZero() || e.clocked {
		return
	}
	e.clocked = true
	skew, way := e.Now().Sub(at), "ahead of"
	if skew < 0 {
		skew, way = -skew, "behind"
	}
	f := Finding{ID: "clock-off", Severity: Warning, Area: AWS, Advice: "set the clock right: timedatectl set-ntp true (Linux), sudo hwclock -s (WSL), w32tm /resync (Windows), sudo sntp -sS time.apple.com (macOS)"}
	switch {
	case skew < tellableSkew:
		e.add(Finding{ID: "clock-right", Severity: OK, Area: AWS, Fact: "this machine's clock is AWS's, within half a minute"})
		return
	case skew >= maxSkew:
		f.Severity = Error
		f.Fact = fmt.Sprintf("this machine's clock is %s %s AWS's, which refuses requests from 15 minutes on", provider.Span(skew), way)
	default:
		f.Fact = fmt.Sprintf("this machine's clock is %s %s AWS's: one-time codes of a stored seed are refused, and from 15 minutes on all requests", provider.Span(skew), way)
	}
	e.add(f)
}

// client is how AWS is reached for a profile.
func (e *examination) client(profile string) (provider.Client, bool) {
	client, err := provider.ClientFor(e.config, e.Getenv, profile, "")
	if err != nil {
		e.failed(AWS, "client-wrong", profile, err)
		return client, false
	}
	return client, true
}

// ask is a GetCallerIdentity with one set of credentials. It reports whether
// AWS took them; the refusal is for its caller to name, but for the clock's.
func (e *examination) ask(probe *provider.Probe) (who provider.Identity, refusal provider.Refusal, err error) {
	probe.Timeout, probe.Now = e.Timeout, e.Now
	who, at, err := probe.Identity(e.ctx)
	e.clock(at)
	return who, provider.RefusalOf(err), err
}

// askAboutKey asks with a long-term key of a profile's. One that stands in plain
// text is to be replaced there: a key added to the keychain would be shadowed.
func (e *examination) askAboutKey(profile string, key keychain.Key, session *provider.Session, plain bool) {
	client, ok := e.client(profile)
	if !ok {
		return
	}
	who, refusal, err := e.ask(provider.KeyProbe(profile, key, client))
	switch {
	case refusal == provider.RefusedClock:
		return
	case err != nil:
		f := Finding{ID: named(refusal), Severity: Error, Area: AWS, Profile: profile, Fact: oneLine(err.Error()), Advice: oneLine(fault.HintOf(err))}
		if refusal == provider.RefusedKey || refusal == provider.RefusedSignature {
			if plain {
				f.Advice = "look at the key in the IAM console, put one that works in its place, then run: awsmint import " + profile
			}
		}
		e.add(f)
	default:
		e.add(Finding{ID: "key-works", Severity: OK, Area: AWS, Profile: profile, Fact: fmt.Sprintf("AWS knows the key %s: it is %s's", provider.LastFour(key.AccessKeyID), who.ARN)})
		e.devices(profile, key, client, session)
	}
	if err == nil || refusal == provider.RefusedKey {
		if plain {
			e.plainKeys(profile, key, client, err == nil)
		} else {
			e.userKeys(profile, key, err == nil)
		}
	}
}

// named is the identifier of a refusal.
func named(refusal provider.Refusal) string {
	if refusal == provider.RefusedNot {
		return "aws-failed"
	}
	return string(refusal)
}

// askAboutSession asks with cached credentials.
func (e *examination) askAboutSession(l provider.Link, held aws.Credentials) {
	client, ok := e.client(l.Profile())
	if !ok {
		return
	}
	who, refusal, err := e.ask(&provider.Probe{Profile: l.Profile(), Credentials: held, Client: client})
	renew := "run: awsmint login " + l.Profile() + " --force"
	if k, asked := e.keys[l.Profile()]; asked && !k.found && !e.locked {
		renew = "paste a new one: " + provider.PasteAgain(l.Profile())
	}
	f := Finding{Severity: Error, Area: AWS, Profile: l.Profile(), Advice: renew}
	kind := provider.Kind(l)
	switch refusal {
	case provider.RefusedClock:
		return
	case provider.RefusedExpired:
		f.ID, f.Fact = "session-expired", fmt.Sprintf("AWS says that the cached %s of profile %q has expired", kind, l.Profile())
	case provider.RefusedKey, provider.RefusedSignature:
		f.ID, f.Fact = "session-invalid", fmt.Sprintf("AWS does not take the cached %s of profile %q: it was revoked, or is another partition's", kind, l.Profile())
	default:
		if err == nil {
			e.add(Finding{ID: "session-works", Severity: OK, Area: AWS, Profile: l.Profile(), Fact: fmt.Sprintf("AWS takes the cached %s as %s", kind, who.ARN)})
			return
		}
		f.ID, f.Fact, f.Advice = named(refusal), oneLine(err.Error()), oneLine(fault.HintOf(err))
	}
	e.add(f)
}

// askAbout asks with the credentials that stand in variables.
func (e *examination) askAbout(v variables) {
	client, err := provider.ClientFor(e.config, e.Getenv, firstSet(v.profile, e.profileInUse(), "default"), e.region(v))
	if err != nil {
		e.failed(v.area, "client-wrong", v.profile, err)
		return
	}
	credentials := v.credentials()
	who, refusal, err := e.ask(&provider.Probe{Credentials: credentials, Client: client})
	f := Finding{Severity: Error, Area: v.area, Profile: v.profile, Where: v.where(keycheck.AccessKeyID), Advice: v.fresh}
	holder := v.holder
	switch refusal {
	case provider.RefusedClock:
		return
	case provider.RefusedExpired:
		f.ID, f.Fact = "expired", fmt.Sprintf("AWS says that the session token in %s has expired", holder)
	case provider.RefusedKey:
		f.ID, f.Fact = "key-unknown", fmt.Sprintf("AWS does not know the key %s in %s: it was deleted or disabled, or belongs to another partition", provider.LastFour(credentials.AccessKeyID), holder)
		if credentials.SessionToken != "" {
			f.ID, f.Fact = "token-invalid", fmt.Sprintf("AWS does not take the session token in %s: it was cut short or altered, or belongs to another key", holder)
		}
	case provider.RefusedSignature:
		f.ID, f.Fact = "signature-wrong", fmt.Sprintf("the secret in %s is not that of the key %s: it was cut short, or belongs to another key", holder, provider.LastFour(credentials.AccessKeyID))
	default:
		if err == nil {
			e.add(Finding{ID: "credentials-work", Severity: OK, Area: v.area, Profile: v.profile, Where: f.Where, Fact: fmt.Sprintf("AWS takes the credentials in %s: they are %s's", holder, who.ARN)})
			e.keysBeside(v, client)
			return
		}
		f.ID, f.Fact, f.Advice = named(refusal), oneLine(err.Error()), oneLine(fault.HintOf(err))
	}
	e.add(f)
}
