package term

// Tell writes a line to the person although another program has the console.
// Where there is none, it returns an error that Is ErrNone.
func Tell(text string) error {
	t, err := open()
	if err != nil {
		return err
	}
	defer t.Close()
	return t.Print(text)
}
