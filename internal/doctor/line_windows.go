package doctor

// meaningful are the characters that some SDK's way of running a line, or of
// reading the config file, gives a meaning, or leaves without the one that
// cmd.exe gives it.
const meaningful = "~$%#;'\"`|&<>*?()[]{}!^"

// quotable: quotes round a program are read in three different ways.
const quotable = false
