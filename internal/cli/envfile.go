package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	begins func()   // called before each renewal, which may ask somebody on the terminal; nil: nobody wants to know
	ours   []string // the access key ids that it found at first and wrote; none before that
}

// secretNames are the variables with credentials in them, in the order in
// which a new file gets them.
var secretNames = []string{format.AccessKeyID, format.SecretAccessKey, format.SessionToken, format.Expiration}

// errTaken says that the file has got credentials from elsewhere since awsmint
// last wrote it.
var errTaken = errors.New("the file has other credentials")

// write puts the credentials into the file. What they have none of goes: a
// session token beside a permanent key makes every request fail. From the second
// time on it fails where somebody else has put other credentials there. An empty
// value is nobody's; an older one comes from an editor that had the file open.
func (f *envFile) write(ctx context.Context, v format.Values) error {
	set := append(format.Variables(v.Credentials, ""), v.More...)
	var gone []string
	for _, name := range secretNames {
		if !has(set, name) {
			gone = append(gone, name)
		}
	}
	now := v.Credentials.AccessKeyID
	var there string
	var stray []string
	err := f.update(ctx, func(data []byte) ([]byte, error) {
		id, _ := dotenv.Lookup(data, format.AccessKeyID)
		if there = id.Reveal(); there != now && f.isForeign(there) {
			return nil, f.taken()
		}
		stray = strayEndpoints(data, v)
		return dotenv.Set(dotenv.Remove(data, gone...), append(set[:len(set):len(set)], regionFor(data, v.Region)...))
	})
	if err != nil {
		return err
	}
	for _, id := range []string{there, now} {
		if !slices.Contains(f.ours, id) {
			f.ours = append(f.ours, id)
		}
	}
	if len(stray) > 0 {
		f.app.Warn(fmt.Sprintf("%q still sets %s, from when it had no real credentials: requests that are signed with these go there", f.path, strings.Join(stray, ", ")))
	}
	return nil
}

// isForeign reports whether an access key id in the file is neither empty nor one
// that it had before or from here.
func (f *envFile) isForeign(id string) bool {
	return len(f.ours) > 0 && id != "" && !slices.Contains(f.ours, id)
}

func (f *envFile) taken() error {
	return fault.Wrap(errTaken, fault.Failure,
		fmt.Sprintf("%q has the credentials of another program by now, and is not renewed any more", f.path),
		"end what else writes them (awsmint export --watch, awsmint exec --env-file), or give each a file of its own; then run the command again")
}

func has(set []secret.Variable, name string) bool {
	for _, variable := range set {
		if variable.Name == name {
			return true
		}
	}
	return false
}

// regionFor are the region's variables in a file: the one that every SDK reads,
// and the older one where the file has it, since the two must not differ.
func regionFor(data []byte, region string) (set []secret.Variable) {
	for _, variable := range regionVariables(region) {
		_, there := dotenv.Lookup(data, variable.Name)
		if there || variable.Name == format.Region {
			set = append(set, variable)
		}
	}
	return set
}

// strayEndpoints are the endpoints of local stand-ins in a file that is to get
// credentials of AWS.
func strayEndpoints(data []byte, v format.Values) (names []string) {
	if !isLocal(data) || v.Credentials.AccessKeyID == localKeyID {
		return nil
	}
	for _, variable := range dotenv.All(data) {
		if strings.HasPrefix(variable.Name, endpointVariable) || strings.HasSuffix(variable.Name, endpointSuffix) {
			names = append(names, variable.Name)
		}
	}
	return names
}

// isLocal reports whether a file has what stands for credentials where there is
// no AWS.
func isLocal(data []byte) bool {
	id, _ := dotenv.Lookup(data, format.AccessKeyID)
	return id.Reveal() == localKeyID
}

// clear empties the values, and leaves the lines for the next time, and all of it
// where another program has put credentials there meanwhile. The endpoints beside what is no real credentials go: nothing would tell any more
// that they are no part of AWS. It returns what it did.
func (f *envFile) clear(ctx context.Context) (done string, err error) {
	err = f.update(ctx, func(data []byte) ([]byte, error) {
		if id, _ := dotenv.Lookup(data, format.AccessKeyID); f.isForeign(id.Reveal()) {
			done = "not emptied, it has the credentials of another program by now"
			return data, nil
		}
		done = "nothing to empty"
		for _, name := range secretNames {
			if value, _ := dotenv.Lookup(data, name); !value.IsZero() {
				done = "emptied"
			}
		}
		var gone []string
		if isLocal(data) {
			gone = localEndpoints(dotenv.All(data))
		}
		if len(gone) > 0 {
			done += ", without " + strings.Join(gone, " and ")
		}
		return dotenv.Clear(dotenv.Remove(data, gone...), secretNames...), nil
	})
	return done, err
}

func (f *envFile) update(ctx context.Context, edit func([]byte) ([]byte, error)) error {
	return dotenv.Update(ctx, f.path, f.app.CacheDir, edit)
}
