package format

import "fmt"

// mask stands for a secret on the screen. It tells nothing of the secret, not
// even its length.
const mask = "…"

// Masked returns v in the format f as Bytes does, for people to look at: with
// a mask for the secret access key and the session token. It fails where Bytes
// does.
func Masked(f Format, v Values) ([]byte, error) {
	if _, err := Bytes(f, v); err != nil {
		return nil, err
	}
	c := &v.Credentials
	for _, hidden := range []*string{&c.SecretAccessKey, &c.SessionToken} {
		if *hidden != "" {
			*hidden = mask
		}
	}
	if form, lines := lineForms[f]; lines {
		return inLines(form, v.variables()), nil
	}
	return Bytes(f, v)
}

// Masks returns the lines that tell GitHub Actions, on a step's stdout, to hide
// the access key id, the secret access key and the session token wherever they
// appear in the log. They belong before anything else.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func Masks(v Values) ([]byte, error) {
	c := v.Credentials
	c.CanExpire = false
	vars := Variables(c, "")
	if err := checkAll(vars); err != nil {
		return nil, err
	}
	var out []byte
	for _, variable := range vars {
		out = fmt.Appendf(out, "::add-mask::%s\n", variable.Value.Reveal())
	}
	return out, nil
}
