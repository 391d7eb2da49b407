package paste

import (
	"fmt"
	"strconv"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
)

// expires reads the time at which a key ends: as the AWS CLI and the SDKs
// write it, or the number of seconds or milliseconds since 1970 that
// `aws sso get-role-credentials` prints. A time without a zone is refused,
// because it may be anybody's.
func (g *group) expires() (time.Time, error) {
	v, told := g.values[expiration]
	if !told {
		return time.Time{}, nil
	}
	text := v.text.Reveal()
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && n > 0 && n < maxMilliseconds {
		if n < leastMilliseconds {
			n *= 1000
		}
		return time.UnixMilli(int64(n)).UTC(), nil
	}
	return time.Time{}, fault.New(fault.Usage,
		fmt.Sprintf("the expiration in line %d is not a time with a time zone", v.line),
		"write it as 2006-01-02T15:04:05Z, or leave that line out")
}

const (
	// leastMilliseconds tells milliseconds from seconds: as these it is the
	// year 5138, as those 1973.
	leastMilliseconds = 1e11
	// maxMilliseconds is the year 9999.
	maxMilliseconds = 253_402_300_800_000
)
