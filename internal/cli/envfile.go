package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/awsmint/awsmint/internal/dotenv"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/secret"
)

// envFile is a .env file that credentials are written to.
type envFile struct {
	path   string
	app    *App
	begins func() // called before each renewal, which may ask somebody on the terminal; nil: nobody wants to know
}

// check tells, before anybody is asked for a code, what keeps the file from
// being read, and whether git would take it into a repository: where strict, it
// refuses that.
func (f *envFile) check(ctx context.Context, strict bool) error {
	data, err := dotenv.Read(f.path)
	if err != nil {
		return err
	}
	if _, ok := dotenv.Lookup(data, profileName); ok {
		f.app.Warn(fmt.Sprintf("%q sets %s, which some SDKs take before the keys beside it; take that line out", f.path, profileName))
	}
	exposure, err := dotenv.Exposed(ctx, f.path, f.app.Environ)
	var risk, remedy string
	switch {
	case err != nil && strict:
		return err
	case err != nil:
		f.app.Warn(err.Error())
		return nil
	case exposure == dotenv.Unexposed:
		return nil
	case exposure == dotenv.Tracked:
		risk = fmt.Sprintf("git has %q already: the next commit would publish these credentials", f.path)
		remedy = fmt.Sprintf("take it out of the repository and ignore it: git rm --cached %s && echo %s >> .gitignore", f.path, filepath.Base(f.path))
	default:
		risk = fmt.Sprintf("git does not ignore %q: the next \"git add .\" would take these credentials", f.path)
		remedy = fmt.Sprintf("ignore it: echo %s >> .gitignore", filepath.Base(f.path))
	}
	if strict {
		return fault.New(fault.Failure, risk, remedy)
	}
	f.app.Warn(risk + "; " + remedy)
	return nil
}

// profileName chooses a profile for SDKs, and so credentials other than those
// of the file.
const profileName = "AWS_PROFILE"

// secretNames are the variables with credentials in them, in the order in
// which a new file gets them.
var secretNames = []string{format.AccessKeyID, format.SecretAccessKey, format.SessionToken, format.Expiration}

// write puts the credentials into the file. What they have none of goes: a
// session token beside a permanent key makes every request fail.
func (f *envFile) write(ctx context.Context, v format.Values) error {
	var set []secret.Variable
	there := map[string]bool{}
	for _, variable := range append(format.Variables(v.Credentials, ""), v.More...) {
		set = append(set, variable)
		there[variable.Name] = true
	}
	for _, variable := range format.Variables(v.Credentials, v.Region) {
		if variable.Name == format.Region {
			set = append(set, variable)
		}
	}
	var gone []string
	for _, name := range secretNames {
		if !there[name] {
			gone = append(gone, name)
		}
	}
	var stray []string
	err := f.update(ctx, func(data []byte) ([]byte, error) {
		stray = strayEndpoints(data, v)
		return dotenv.Set(dotenv.Remove(data, gone...), set)
	})
	if err == nil && len(stray) > 0 {
		f.app.Warn(fmt.Sprintf("%q still sets %s, from when it had no real credentials: requests that are signed with these go there", f.path, strings.Join(stray, ", ")))
	}
	return err
}

// strayEndpoints are the endpoints of local stand-ins in a file that is to get
// credentials of AWS.
func strayEndpoints(data []byte, v format.Values) (names []string) {
	id, _ := dotenv.Lookup(data, format.AccessKeyID)
	if id.Reveal() != localKeyID || v.Credentials.AccessKeyID == localKeyID {
		return nil
	}
	for _, variable := range dotenv.All(data) {
		if strings.HasPrefix(variable.Name, "AWS_ENDPOINT_URL") || strings.HasSuffix(variable.Name, "_ENDPOINT_URL") {
			names = append(names, variable.Name)
		}
	}
	return names
}

// clear empties the values, and leaves the lines for the next time.
func (f *envFile) clear(ctx context.Context) error {
	return f.update(ctx, func(data []byte) ([]byte, error) { return dotenv.Clear(data, secretNames...), nil })
}

func (f *envFile) update(ctx context.Context, edit func([]byte) ([]byte, error)) error {
	return dotenv.Update(ctx, f.path, f.app.CacheDir, edit)
}
