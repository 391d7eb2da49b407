package awsconfig

import (
	"fmt"
	"strings"
)

// Diff shows what an edit changes in a file, in the form of diff -u without
// the files' names: for a person to read, not for patch. It is empty where
// nothing changes.
//
// Secrets are masked, always: of what is shown, values stand there in plain
// only if they belong to settings that are known to hold none, without what
// looks like a secret in them.
func Diff(before, after string) string {
	hidden := hider(before, after)
	old, now := shown(before, hidden), shown(after, hidden)
	lines := compare(splitLines(before), splitLines(after))
	var out strings.Builder
	for at := 0; at < len(lines); {
		from, to := nextHunk(lines, at)
		if from == to {
			break
		}
		writeHunk(&out, lines[from:to], old, now)
		at = to
	}
	return out.String()
}

// contextLines is how many lines are shown round a change, as by diff -u.
const contextLines = 3

// nextHunk returns the lines that are to be shown together, from at on: changes
// that are apart by no more than the context of both. None if there is no
// change any more.
func nextHunk(lines []diffLine, at int) (from, to int) {
	first := at
	for first < len(lines) && lines[first].mark == kept {
		first++
	}
	if first == len(lines) {
		return at, at
	}
	last := first
	for i := first; i < len(lines) && i-last <= 2*contextLines; i++ {
		if lines[i].mark != kept {
			last = i
		}
	}
	return max(at, first-contextLines), min(len(lines), last+1+contextLines)
}

func writeHunk(out *strings.Builder, hunk []diffLine, old, now []string) {
	fmt.Fprintf(out, "@@ -%s +%s @@\n", extent(hunk, added, len(old)), extent(hunk, removed, len(now)))
	for _, l := range hunk {
		text := ""
		if l.mark == added {
			text = now[l.now]
		} else {
			text = old[l.old]
		}
		fmt.Fprintf(out, "%c%s\n", l.mark, text)
	}
}

// extent returns the first line and the number of lines that a hunk has of one
// side: all but those of the other side alone.
func extent(hunk []diffLine, others mark, total int) string {
	first, n := total, 0
	for _, l := range hunk {
		at := l.old
		if others == removed {
			at = l.now
		}
		if l.mark != others {
			first = min(first, at)
			n++
		} else if n == 0 {
			first = min(first, at)
		}
	}
	if n == 0 {
		return fmt.Sprintf("%d,0", first)
	}
	return fmt.Sprintf("%d,%d", first+1, n)
}

// splitLines returns the lines with their breaks, so that a line that loses its
// break is another one.
func splitLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		lines = append(lines, line)
	}
	return lines
}
