package child

// Output collects what a program prints, up to Limit bytes. The rest is read,
// so that the program does not block, but dropped.
type Output struct {
	Limit int

	kept  []byte
	total int
}

// Write takes all of p.
func (o *Output) Write(p []byte) (int, error) {
	o.total += len(p)
	o.kept = append(o.kept, p[:min(len(p), o.Limit-len(o.kept))]...)
	return len(p), nil
}

// Bytes is the beginning of what was printed: Limit bytes at most.
func (o *Output) Bytes() []byte { return o.kept }

// Total is how many bytes were printed.
func (o *Output) Total() int { return o.total }

// Exceeded reports whether more was printed than is kept.
func (o *Output) Exceeded() bool { return o.total > o.Limit }

// Tail collects the end of what a program prints, up to Limit bytes.
type Tail struct {
	Limit int

	kept []byte
}

// Write takes all of p.
func (t *Tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - t.Limit; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

// Bytes is the end of what was printed.
func (t *Tail) Bytes() []byte { return t.kept }
