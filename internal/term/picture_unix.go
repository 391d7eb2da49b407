//go:build unix

package term

// obeysEscapes reports whether a terminal of this kind takes escape sequences.
func (t *Terminal) obeysEscapes(kind string) bool { return kind != "" && kind != "dumb" }
