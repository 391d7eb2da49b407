//go:build !linux

package keychain

import (
	"errors"
	"time"

	"github.com/awsmint/awsmint/internal/secret"
)

// Linux alone has a keyring in the kernel. Elsewhere there is never a copy.

func kernelGet(string) (secret.String, error) { return secret.String{}, errors.ErrUnsupported }

func kernelPut(string, secret.String, time.Duration) error { return errors.ErrUnsupported }

func kernelDrop(string) error { return nil }
