//go:build unix

package term

import (
	"bytes"
	"strings"
	"time"
)

// pastePause is how long nothing follows an empty line that ends a paste. A
// terminal passes a paste on without a pause: an empty line in the middle of
// one has more behind it.
const pastePause = 200 * time.Millisecond

// readPaste reads lines until an empty one that nothing follows.
func (t *Terminal) readPaste(suspendKey byte, wake int) (string, error) {
	var text []byte
	chunk := make([]byte, 4096)
	for {
		n, err := t.read(chunk, wake)
		if err != nil {
			return "", err
		}
		text = append(text, chunk[:n]...)
		pasted, end := endOfPaste(text)
		switch {
		case suspendKey != 0 && bytes.IndexByte(text, suspendKey) >= 0:
			return "", errSuspend
		case len(text) > maxPaste:
			return "", errPasteTooLong
		case !end:
			continue
		case bytes.Contains(text, []byte(endOfTransmission)):
			if strings.TrimSpace(pasted) == "" {
				return "", ErrCancelled
			}
			return pasted, nil
		}
		more, err := ready(t.fd(), toRead, wake, pastePause)
		if err != nil {
			return "", err
		}
		if !more {
			return pasted, nil
		}
	}
}
