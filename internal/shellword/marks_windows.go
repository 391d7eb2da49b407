package shellword

// actsInQuotes are the characters that mean something to PowerShell within
// double quotes. The \ of paths does not.
const actsInQuotes = "\"$`"
