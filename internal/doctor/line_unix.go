//go:build unix

package doctor

// meaningful are the characters that some SDK's way of running a line, or of
// reading the config file, gives a meaning, or leaves without the one that the
// shell gives it.
const meaningful = "~$%#;'\"`\\|&<>*?()[]{}!"

// quotable: every SDK reads double quotes round the program.
const quotable = true
