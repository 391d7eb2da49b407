package paste_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/awsmint/awsmint/internal/paste"
	"github.com/awsmint/awsmint/internal/secret"
)

const (
	akia      = "AKIAIOSFODNN7EXAMPLE"
	asia      = "ASIAIOSFODNN7EXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	token     = "IQoJb3JpZ2luX2VjEXAMPLE+/aXdzEHAaDPqTOKENexampletokenZw=="
)

var (
	key     = paste.Found{AccessKeyID: akia, SecretAccessKey: secret.New(secretKey)}
	session = paste.Found{AccessKeyID: asia, SecretAccessKey: secret.New(secretKey), SessionToken: secret.New(token)}
	expires = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
)

// with returns f with more of it told.
func with(f paste.Found, change func(*paste.Found)) paste.Found {
	change(&f)
	return f
}

func inProfile(f paste.Found, name string) paste.Found {
	return with(f, func(f *paste.Found) { f.Profile = name })
}

func ofUser(f paste.Found, name string) paste.Found {
	return with(f, func(f *paste.Found) { f.UserName = name })
}

func until(f paste.Found) paste.Found {
	return with(f, func(f *paste.Found) { f.Expiration = expires })
}

// fill puts the example's values in the place of their short names.
var fill = strings.NewReplacer("AKIA…", akia, "ASIA…", asia, "SECRET…", secretKey, "TOKEN…", token)

type form struct {
	name, text string
	want       []paste.Found
}

// wantForms reads each form with each kind of line break.
func wantForms(t *testing.T, forms []form) {
	t.Helper()
	for _, c := range forms {
		t.Run(c.name, func(t *testing.T) {
			for _, br := range []string{"\n", "\r\n", "\r"} {
				text := strings.ReplaceAll(fill.Replace(c.text), "\n", br)
				got, err := paste.Read([]byte(text))
				if err != nil {
					t.Fatalf("%v in\n%s", err, c.text)
				}
				if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(paste.Found{}, "Line"), cmp.Comparer(func(a, b secret.String) bool { return a == b })); diff != "" {
					t.Errorf("with %q (-want +got):\n%s\nsecret %q, token %q", br, diff, got[0].SecretAccessKey.Reveal(), got[0].SessionToken.Reveal())
				}
			}
		})
	}
}

func one(f paste.Found) []paste.Found { return []paste.Found{f} }

func TestShellLines(t *testing.T) {
	wantForms(t, []form{
		{"sh, as the access portal gives it", "export AWS_ACCESS_KEY_ID=\"ASIA…\"\nexport AWS_SECRET_ACCESS_KEY=\"SECRET…\"\nexport AWS_SESSION_TOKEN=\"TOKEN…\"\n", one(session)},
		{"sh, between the marks of a terminal", "\x1b[200~export AWS_ACCESS_KEY_ID=ASIA…\nexport AWS_SESSION_TOKEN=TOKEN…\nexport AWS_SECRET_ACCESS_KEY=SECRET…\x1b[201~\n", one(session)},
		{"sh without quotes, with comments", "# work\nexport AWS_ACCESS_KEY_ID=AKIA… # mine\nexport AWS_SECRET_ACCESS_KEY='SECRET…'", one(key)},
		{"sh in one line", "export AWS_ACCESS_KEY_ID=AKIA… AWS_SECRET_ACCESS_KEY=SECRET… AWS_REGION=eu-west-1", one(with(key, func(f *paste.Found) { f.Region = "eu-west-1" }))},
		{"sh, commands in one line", "export AWS_ACCESS_KEY_ID=AKIA…; export AWS_SECRET_ACCESS_KEY=SECRET… && aws s3 ls", one(key)},
		{"sh of old, set and then exported", "AWS_ACCESS_KEY_ID=AKIA…; export AWS_ACCESS_KEY_ID\nAWS_SECRET_ACCESS_KEY=SECRET…; export AWS_SECRET_ACCESS_KEY\n", one(key)},
		{"sh of old, and a word that is no value", "AWS_ACCESS_KEY_ID=AKIA…; export AWS_ACCESS_KEY_ID\nAWS_SECRET_ACCESS_KEY=SECRET…; export AWS_SECRET_ACCESS_KEY\n\nabcdefghijklmnopqrstuvwxyz\n", one(key)},
		{"a quote that nothing ends before it", "echo \"key AWS_ACCESS_KEY_ID=AKIA…\nAWS_SECRET_ACCESS_KEY=SECRET…\n", one(key)},
		{"apostrophes round it", "NOTE=alice's AWS_ACCESS_KEY_ID=AKIA… # bob's\nAWS_SECRET_ACCESS_KEY=SECRET…\n", one(key)},
		{"sh over several lines", "env AWS_ACCESS_KEY_ID=AKIA… \\\n  AWS_SECRET_ACCESS_KEY=SECRET… \\\n", one(key)},
		{"sh behind a prompt", "me@host:~$ export AWS_ACCESS_KEY_ID=AKIA…\n$ export AWS_SECRET_ACCESS_KEY=SECRET…", one(key)},
		{"cmd", "SET AWS_ACCESS_KEY_ID=ASIA…\nSET AWS_SECRET_ACCESS_KEY=SECRET…\nSET AWS_SESSION_TOKEN=TOKEN…\n", one(session)},
		{"cmd with quotes round the whole, and in one line", "set \"AWS_ACCESS_KEY_ID=AKIA…\"&& set \"AWS_SECRET_ACCESS_KEY=SECRET…\"", one(key)},
		{"setx", "setx AWS_ACCESS_KEY_ID AKIA…\nsetx AWS_SECRET_ACCESS_KEY \"SECRET…\"", one(key)},
		{"PowerShell", "$Env:AWS_ACCESS_KEY_ID=\"ASIA…\"\n$Env:AWS_SECRET_ACCESS_KEY=\"SECRET…\"\n$Env:AWS_SESSION_TOKEN=\"TOKEN…\"", one(session)},
		{"PowerShell with blanks, behind a prompt", "PS C:\\Users\\me> $env:AWS_ACCESS_KEY_ID = 'AKIA…'\nPS C:\\Users\\me> $env:AWS_SECRET_ACCESS_KEY = 'SECRET…'", one(key)},
		{"fish", "set -gx AWS_ACCESS_KEY_ID \"ASIA…\"\nset --global --export AWS_SECRET_ACCESS_KEY SECRET…\nset -x AWS_SESSION_TOKEN 'TOKEN…'; set -x AWS_DEFAULT_REGION eu-west-1", one(with(session, func(f *paste.Found) { f.Region = "eu-west-1" }))},
		{"csh", "setenv AWS_ACCESS_KEY_ID AKIA…\nsetenv AWS_SECRET_ACCESS_KEY SECRET…", one(key)},
		{"a .env file", "NODE_ENV=development\nAWS_ACCESS_KEY_ID=ASIA…\nAWS_SECRET_ACCESS_KEY=\"SECRET…\"\nDATABASE_URL=postgres://u:p@h/d\nAWS_SESSION_TOKEN='TOKEN…'\nEMPTY=\nAWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=us-east-1\nAWS_CREDENTIAL_EXPIRATION=2030-01-02T03:04:05Z",
			one(with(until(session), func(f *paste.Found) { f.Region = "eu-west-1" }))},
		{"YAML of docker compose", "environment:\n  - AWS_ACCESS_KEY_ID=AKIA…\n  - AWS_SECRET_ACCESS_KEY=SECRET…\n  - AWS_MFA_SERIAL=arn:aws:iam::111122223333:mfa/alice\n", one(with(key, func(f *paste.Found) { f.MFASerial = "arn:aws:iam::111122223333:mfa/alice" }))},
		{"older names", "AWS_ACCESS_KEY=ASIA…\nAWS_SECRET_KEY=SECRET…\nAWS_SECURITY_TOKEN=TOKEN…", one(session)},
		{"an empty session token", "AWS_ACCESS_KEY_ID=AKIA…\nAWS_SECRET_ACCESS_KEY=SECRET…\nAWS_SESSION_TOKEN=\n", one(key)},
		{"an empty session token before another variable", "AWS_ACCESS_KEY_ID=AKIA… AWS_SESSION_TOKEN= AWS_SECRET_ACCESS_KEY=SECRET…\n", one(key)},
		{"blanks of every kind round it", "\u00a0export\u00a0AWS_ACCESS_KEY_ID=\u200bAKIA…\u00a0\u2003\n\tAWS_SECRET_ACCESS_KEY=\"SECRET…\u00a0\"  ", one(key)},
		{"bent quotes", "export AWS_ACCESS_KEY_ID=“AKIA…”\nexport AWS_SECRET_ACCESS_KEY=‘SECRET…’", one(key)},
		{"the same twice", "AWS_ACCESS_KEY_ID=AKIA…\nAWS_SECRET_ACCESS_KEY=SECRET…\nAWS_ACCESS_KEY_ID=AKIA…\n", one(key)},
		{"what is commented out doesn't count", "#AWS_ACCESS_KEY_ID=AKIA0000000000000000\n; aws_access_key_id = AKIA0000000000000000\nREM set AWS_ACCESS_KEY_ID=AKIA0000000000000000\nAWS_ACCESS_KEY_ID=AKIA…\nAWS_SECRET_ACCESS_KEY=SECRET…\n", one(key)},
	})
}

func TestSections(t *testing.T) {
	wantForms(t, []form{
		{"as the access portal gives it", "[111122223333_Admin]\naws_access_key_id=ASIA…\naws_secret_access_key=SECRET…\naws_session_token=TOKEN…\n", one(inProfile(session, "111122223333_Admin"))},
		{"a credentials file", "; mine\n[default]\naws_access_key_id = AKIA… ; c\naws_secret_access_key = SECRET… # c\nregion = eu-west-1\n\n[old]\nAWS_ACCESS_KEY_ID=ASIA…\naws_secret_access_key=SECRET…\naws_session_token=\nx_security_token_expires = 2030-01-02T05:04:05+02:00\n",
			[]paste.Found{with(key, func(f *paste.Found) { f.Profile, f.Region = "default", "eu-west-1" }), inProfile(with(session, func(f *paste.Found) { f.SessionToken, f.Expiration = secret.String{}, expires }), "old")}},
		{"a config file", "[profile my work] # c\nawsmint_mfa_serial = GAHT12345678\naws_access_key_id = AKIA…\naws_secret_access_key = SECRET…\n[profile role]\nrole_arn = arn:aws:iam::111122223333:role/x\nregion = eu-west-1\n", one(with(key, func(f *paste.Found) { f.Profile, f.MFASerial = "my work", "GAHT12345678" }))},
		{"a section in two parts", "[a]\naws_access_key_id = AKIA…\n[b]\nregion = x\n[a]\naws_secret_access_key = SECRET…\n", one(inProfile(key, "a"))},
		{"the portal's page as a whole", "Option 1\nexport AWS_ACCESS_KEY_ID=\"ASIA…\"\nexport AWS_SECRET_ACCESS_KEY=\"SECRET…\"\nexport AWS_SESSION_TOKEN=\"TOKEN…\"\nOption 2\n[111122223333_Admin]\naws_access_key_id=ASIA…\naws_secret_access_key=SECRET…\naws_session_token=TOKEN…\nOption 3\nAWS access key ID\nASIA…\nAWS secret access key\nSECRET…\nAWS session token\nTOKEN…\n", one(inProfile(session, "111122223333_Admin"))},
	})
}

func TestJSON(t *testing.T) {
	wantForms(t, []form{
		{"aws iam create-access-key", `{"AccessKey": {"UserName": "alice", "AccessKeyId": "AKIA…", "Status": "Active", "SecretAccessKey": "SECRET…", "CreateDate": "2026-01-02T03:04:05+00:00"}}`, one(ofUser(key, "alice"))},
		{"behind its command", "$ aws iam create-access-key\n{\n  \"AccessKey\": {\n    \"UserName\": \"alice\",\n    \"AccessKeyId\": \"AKIA…\",\n    \"SecretAccessKey\": \"SECRET…\"\n  }\n}\n", one(ofUser(key, "alice"))},
		{"aws sts get-session-token", "{\n  \"Credentials\": {\n    \"AccessKeyId\": \"ASIA…\",\n    \"SecretAccessKey\": \"SECRET…\",\n    \"SessionToken\": \"TOKEN…\",\n    \"Expiration\": \"2030-01-02T03:04:05+00:00\"\n  }\n}\n", one(until(session))},
		{"aws sts assume-role", `{"Credentials":{"AccessKeyId":"ASIA…","SecretAccessKey":"SECRET…","SessionToken":"TOKEN…","Expiration":"2030-01-02T03:04:05Z"},"AssumedRoleUser":{"AssumedRoleId":"AROAX:s","Arn":"arn:aws:sts::1:assumed-role/r/s"}}`, one(until(session))},
		{"aws sso get-role-credentials", `{"roleCredentials":{"accessKeyId":"ASIA…","secretAccessKey":"SECRET…","sessionToken":"TOKEN…","expiration":1893553445000}}`, one(until(session))},
		{"a time in seconds", `{"IdentityId":"x","Credentials":{"AccessKeyId":"ASIA…","SecretKey":"SECRET…","SessionToken":"TOKEN…","Expiration":1893553445.0}}`, one(until(session))},
		{"a credential_process", `{"Version":1,"AccessKeyId":"ASIA…","SecretAccessKey":"SECRET…","SessionToken":"TOKEN…","Expiration":"2030-01-02T03:04:05Z"}` + "\n", one(until(session))},
		{"the metadata service", `{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIA…","SecretAccessKey":"SECRET…","Token":"TOKEN…","Expiration":"2030-01-02T03:04:05Z"}`, one(until(session))},
		{"no more than the pair", ` {"AccessKeyId":"AKIA…","SecretAccessKey":"SECRET…","MfaSerial":"GAHT12345678","Region":null,"x":[1,{"token":"t"}]}`, one(with(key, func(f *paste.Found) { f.MFASerial = "GAHT12345678" }))},
		{"a list", "\n[{\"UserName\":\"a\",\"AccessKeyId\":\"AKIA…\",\"SecretAccessKey\":\"SECRET…\"},\n{\"UserName\":\"b\",\"AccessKeyId\":\"ASIA…\",\"SecretAccessKey\":\"SECRET…\"}]", []paste.Found{ofUser(key, "a"), ofUser(with(session, func(f *paste.Found) { f.SessionToken = secret.String{} }), "b")}},
		{"YAML of the AWS CLI", "AccessKey:\n  AccessKeyId: AKIA…\n  CreateDate: '2026-01-02T03:04:05+00:00'\n  SecretAccessKey: SECRET…\n  Status: Active\n  UserName: alice\n", one(ofUser(key, "alice"))},
		{"YAML with a session", "Credentials:\n  AccessKeyId: ASIA…\n  Expiration: '2030-01-02T03:04:05+00:00'\n  SecretAccessKey: SECRET…\n  SessionToken: TOKEN…\n", one(until(session))},
	})
}

func TestConsole(t *testing.T) {
	wantForms(t, []form{
		{"accessKeys.csv", "Access key ID,Secret access key\nAKIA…,SECRET…", one(key)},
		{"accessKeys.csv with a byte order mark", "\ufeffAccess key ID,Secret access key\nAKIA…,SECRET…\n", one(key)},
		{"credentials.csv of old", "User Name,Access Key Id,Secret Access Key\n\"alice\",AKIA…,SECRET…\n", one(ofUser(key, "alice"))},
		{"new_user_credentials.csv", "User name,Password,Access key ID,Secret access key,Console login link\nalice,\"p,\"\"w\",AKIA…,SECRET…,https://111122223333.signin.aws.amazon.com/console\nbob,pw,,,https://x\n", one(ofUser(key, "alice"))},
		{"several users", "User name,Access key ID,Secret access key\nalice,AKIA…,SECRET…\n\nbob,ASIA…,SECRET…\n", []paste.Found{ofUser(key, "alice"), ofUser(with(session, func(f *paste.Found) { f.SessionToken = secret.String{} }), "bob")}},
		{"a byte order mark before quotes", "\ufeff\"Access key ID\",\"Secret access key\"\n\"AKIA…\",\"SECRET…\"\n", one(key)},
		{"quotes everywhere, and blanks", "\"Access key ID\", \"Secret access key\"\n\"AKIA… \", \"SECRET…\"\n", one(key)},
		{"saved again by a spreadsheet", "Access key ID;Secret access key\nAKIA…;SECRET…\n", one(key)},
		{"rootkey.csv", "AWSAccessKeyId=AKIA…\nAWSSecretKey=SECRET…\n", one(key)},
		{"the table of the page", "Retrieve access keys\nAccess key\tSecret access key\nAKIA…\tSECRET… Hide\nIf you lose it, create another.\n", one(key)},
		{"the page, cell by cell", "Retrieve access keys\nAccess key\nIf you lose your secret access key, you cannot get it back.\nAccess key\nSecret access key\nAKIA…\nSECRET… Hide\nAccess key best practices\nDone\n", one(key)},
		{"labels above the values", "Access key ID:\nAKIA…\nSecret access key:\n\nSECRET…\n", one(key)},
		{"labels beside the values", "Access key ID: AKIA…\nSecret access key: SECRET…\nUser name: alice\n", one(ofUser(key, "alice"))},
		{"labels beside the values, with nothing between", "Access key ID AKIA…\nSecret access key\tSECRET…\tShow\n", one(key)},
		{"labels of the portal", "AWS access key ID\nASIA…\nAWS secret access key\nSECRET…\nAWS session token\nTOKEN…\nCopy\n", one(session)},
		{"PowerShell's list", "AccessKeyId     : ASIA…\nExpiration      : 2030-01-02T03:04:05Z\nSecretAccessKey : SECRET…\nSessionToken    : TOKEN…\n", one(until(session))},
	})
}

func TestUTF16(t *testing.T) {
	text := "$Env:AWS_ACCESS_KEY_ID=\"" + akia + "\"\r\n$Env:AWS_SECRET_ACCESS_KEY=\"" + secretKey + "\"\r\n"
	little, big := []byte("\xff\xfe"), []byte("\xfe\xff")
	for _, c := range []byte(text) {
		little, big = append(little, c, 0), append(big, 0, c)
	}
	for _, data := range [][]byte{little, big} {
		if got, err := paste.Read(data); err != nil || len(got) != 1 || got[0] != with(key, func(f *paste.Found) { f.Line = 1 }) {
			t.Errorf("got %v, %v", got, err)
		}
	}
}

func TestLineIsWhereTheKeyBegins(t *testing.T) {
	for text, want := range map[string]int{
		"# c\n[a]\nregion = x\naws_secret_access_key = SECRET…\naws_access_key_id = AKIA…\n":      4,
		"\n{\n\"Region\": \"x\",\n\"AccessKeyId\": \"AKIA…\",\n\"SecretAccessKey\": \"SECRET…\"}": 4,
		"\nAccess key ID,Secret access key\n\nAKIA…,SECRET…\n":                                    4,
	} {
		if got, err := paste.Read([]byte(fill.Replace(text))); err != nil || got[0].Line != want {
			t.Errorf("got %v, %v; want line %d in %q", got, err, want, text)
		}
	}
}
