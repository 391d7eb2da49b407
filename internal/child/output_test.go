package child_test

import (
	"bytes"
	"testing"

	"github.com/awsmint/awsmint/internal/child"
)

func TestOutputKeepsTheBeginningAndTailTheEnd(t *testing.T) {
	const limit = 8
	for size := range 4 * limit {
		for cut := range size + 1 {
			text := []byte("abcdefghijklmnopqrstuvwxyz0123456789")[:size]
			output, tail := child.Output{Limit: limit}, child.Tail{Limit: limit}
			for _, piece := range [][]byte{text[:cut], text[cut:]} {
				for _, write := range []func([]byte) (int, error){output.Write, tail.Write} {
					if n, err := write(piece); n != len(piece) || err != nil {
						t.Fatalf("Write = %d, %v: the program would get SIGPIPE", n, err)
					}
				}
			}
			if got := output.Bytes(); !bytes.Equal(got, text[:min(size, limit)]) || output.Total() != size || output.Exceeded() != (size > limit) {
				t.Fatalf("%d bytes, cut at %d: kept %q of %d, exceeded %v", size, cut, got, output.Total(), output.Exceeded())
			}
			if got := tail.Bytes(); !bytes.Equal(got, text[max(0, size-limit):]) {
				t.Fatalf("%d bytes, cut at %d: the end is %q", size, cut, got)
			}
		}
	}
}
