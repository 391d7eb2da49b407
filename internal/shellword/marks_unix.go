//go:build unix

package shellword

// actsInQuotes are the characters that mean something to a shell within double
// quotes; the ! does to an interactive one.
const actsInQuotes = "\"$`\\!"
