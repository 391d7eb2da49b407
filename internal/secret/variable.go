package secret

// Variable is an environment variable. Its value is held as a secret, though
// not each is one, so that a printed list of variables gives nothing away.
type Variable struct {
	Name  string
	Value String
}
