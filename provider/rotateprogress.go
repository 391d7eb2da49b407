package provider

import (
	"fmt"
	"time"
)

// RotationEvent is something that happened in a rotation.
type RotationEvent string

// The events, in the order of a rotation in which all happen.
const (
	KeyStray       RotationEvent = "stray"       // a key that an interrupted run left behind was deleted
	KeyUnused      RotationEvent = "unused"      // the other of two keys was deleted
	KeyCreated     RotationEvent = "created"     // there is a new key
	KeyUnstored    RotationEvent = "unstored"    // it could not be stored, and was deleted
	KeyAwaited     RotationEvent = "awaited"     // AWS does not know a key yet
	KeyWorks       RotationEvent = "works"       // it does
	KeyPublished   RotationEvent = "published"   // a command took the new key
	KeySwitched    RotationEvent = "switched"    // the new key is in use
	KeyDeactivated RotationEvent = "deactivated" // the old one is inactive
	KeyDeleted     RotationEvent = "deleted"     // the old one is deleted
	KeyGone        RotationEvent = "gone"        // AWS has no such new key any more, and the old one is in use
)

// RotationProgress tells of one event.
type RotationProgress struct {
	Event  RotationEvent
	KeyID  string
	Waited time.Duration // with KeyAwaited
	Number int           // with KeyPublished: which of the commands, from 1 on
}

// Text is a line for a person, without a full stop.
func (p RotationProgress) Text() string {
	key := LastFour(p.KeyID)
	switch p.Event {
	case KeyStray:
		return "deleted the key " + key + ", which an interrupted rotation had made and never stored"
	case KeyUnused:
		return "deleted the unused key " + key
	case KeyCreated:
		return "made the new key " + key
	case KeyUnstored:
		return "deleted the new key " + key + ", which could not be stored"
	case KeyAwaited:
		return fmt.Sprintf("waiting for AWS to know the key %s everywhere, %s so far", key, Span(p.Waited))
	case KeyWorks:
		return "the new key " + key + " works"
	case KeyPublished:
		return fmt.Sprintf("publish command %d has taken the new key %s", p.Number, key)
	case KeySwitched:
		return "the new key " + key + " is in use"
	case KeyDeactivated:
		return "deactivated the old key " + key
	case KeyDeleted:
		return "deleted the old key " + key
	case KeyGone:
		return "AWS has no key " + key + " any more; the old one stays in use, and the rotation begins anew"
	}
	return string(p.Event) + " " + key
}

func (r *rotating) tell(event RotationEvent, keyID string) {
	r.report(RotationProgress{Event: event, KeyID: keyID})
}

func (r *rotating) report(p RotationProgress) {
	r.Options.Log.Debug("rotation", "profile", r.Profile, "event", string(p.Event), "key", LastFour(p.KeyID))
	if r.Progress != nil {
		r.Progress(p)
	}
}
