package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// SignInLink is how long the URL that begins a console session can be used.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
const SignInLink = 15 * time.Minute

// maxSignInToken bounds what is read of the federation endpoint's answer, in
// bytes. Tokens have about 2 KiB.
const maxSignInToken = 64 << 10

// ConsolePage is where in the AWS console a session begins.
type ConsolePage struct {
	Service string // "s3"; empty: the console's home
	Path    string // "/cloudwatch/home#alarmsV2:", in place of Service
	Region  string // empty: the profile's
}

// Console makes the URLs that begin a session in the AWS console with the
// credentials of a chain.
type Console struct {
	Page    ConsolePage
	Timeout time.Duration    // for the federation endpoint to answer; 0: DefaultTimeout
	Now     func() time.Time // nil: time.Now

	link     Link
	domain   consoleDomain
	client   Client
	endpoint string // as set for the service "signin"; empty: the partition's own
}

// consoleDomain is where a partition's console is.
type consoleDomain struct{ signIn, console string }

// consoleDomains are those of the partitions that users have accounts in.
// {region} stands for the region.
var consoleDomains = map[string]consoleDomain{
	"aws":        {"signin.aws.amazon.com", "console.aws.amazon.com"},
	"aws-cn":     {"signin.amazonaws.cn", "console.amazonaws.cn"},
	"aws-us-gov": {"signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com"},
	"aws-eusc":   {"{region}.signin.amazonaws-eusc.eu", "console.amazonaws-eusc.eu"},
}

// NewConsole is the console of the partition that a chain's credentials are of.
// A page elsewhere is refused, since its partition would be sent credentials
// that are none of its own; and no variable of a shell's chooses either.
func NewConsole(config *awsconfig.Config, getenv func(string) string, link Link, page ConsolePage) (*Console, error) {
	section, err := config.Profile(link.Profile())
	if err != nil {
		return nil, err
	}
	c := &Console{Page: page, link: link}
	if page.Service != "" && page.Path != "" {
		return nil, fault.New(fault.Usage, "--service and --path exclude each other", "leave one of them out")
	}
	if page.Region != "" {
		if err := CheckRegion(page.Region); err != nil {
			return nil, fault.Wrap(err, fault.Usage, "--region: "+err.Error(), "it has a form like eu-west-1")
		}
	}
	partition := homeOf(link, section)
	if c.client, err = clientSettings(config, section, getenv, partition); err != nil {
		return nil, err
	}
	if c.endpoint, err = c.client.endpoint(config, section, getenv, "signin"); err != nil {
		return nil, err
	}
	if c.Page.Region = firstSet(page.Region, c.client.Region); partitionOfRegion(c.Page.Region) != partition {
		c.Page.Region = defaultRegions[partition]
	}
	if page.Region != "" && partitionOfRegion(page.Region) != partition {
		return nil, elsewhere(page.Region, partition, link)
	}
	known := false
	if c.domain, known = consoleDomains[partition]; !known {
		return nil, fault.New(fault.Usage, fmt.Sprintf("awsmint does not know where the console of the partition %q is", partition), "open it by hand")
	}
	if err := c.checkPage(); err != nil {
		return nil, err
	}
	return c, c.client.ready()
}

// homeOf is the partition that a chain's credentials are of, or probably are.
func homeOf(link Link, section *awsconfig.Section) string {
	return firstSet(knownHome(link, section), partitionOfRegion(""))
}

// Elsewhere reports whether a region is in another partition than a chain's
// credentials, which nobody there would know. Where the config file does not
// tell theirs, or it is none that people have accounts in, no region is.
func Elsewhere(region string, link Link, section *awsconfig.Section) bool {
	home := knownHome(link, section)
	_, common := consoleDomains[home]
	return common && partitionOfRegion(region) != home
}

// CheckHome returns an error for a --region that is Elsewhere.
func CheckHome(region string, link Link, section *awsconfig.Section) error {
	if !Elsewhere(region, link, section) {
		return nil
	}
	return elsewhere(region, knownHome(link, section), link)
}

func elsewhere(region, home string, link Link) error {
	there := partitionOfRegion(region)
	return fault.New(fault.Usage,
		fmt.Sprintf("--region: %q is in the partition %s, and the credentials of profile %q are of %s", region, there, link.Profile(), home),
		fmt.Sprintf("name a region of %s, or a profile of %s", home, there))
}

// knownHome is the partition that a chain's credentials are of, as far as the
// config file says it.
func knownHome(link Link, section *awsconfig.Section) string {
	var known string
	switch l := link.(type) {
	case *Role:
		known = partitionOf(l.RoleARN)
	case *WebIdentity:
		known = partitionOf(l.RoleARN)
	case *SSO:
		known = partitionOfRegion(l.Region)
	case *Login:
		known = partitionOf(l.Session)
	case *Federation, *Session:
		known = partitionOf(section.Setting("mfa_serial"))
	}
	if region := section.Setting("region"); known == "" && region != "" {
		return partitionOfRegion(region)
	}
	return known
}

// checkPage refuses a page that is none of the console's: the URL ends a
// sign-in, and must not lead elsewhere.
func (c *Console) checkPage() error {
	if service := c.Page.Service; service != "" && !consistsOf(service, "-") {
		return fault.New(fault.Usage, fmt.Sprintf("%q is not the name of a service", short(service)), "it is as in the console's addresses: s3, ec2, cloudwatch")
	}
	if path := c.Page.Path; path != "" && (!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`)) {
		return fault.New(fault.Usage, fmt.Sprintf("%q is not a path in the console", short(path)), "it begins with one slash: /cloudwatch/home#alarmsV2:")
	}
	if _, err := url.Parse(c.Page.Path); err != nil {
		return fault.Wrap(err, fault.Usage, fmt.Sprintf("%q is not a path in the console", short(c.Page.Path)), "copy what follows the host in the console's address")
	}
	return nil
}

// Destination is the address of the page that the session begins on.
func (c *Console) Destination() string {
	path := c.Page.Path
	if path == "" {
		path = "/" + firstSet(c.Page.Service, "console") + "/home"
	}
	// checkPage has parsed it.
	page, err := url.Parse("https://" + c.domain.console + path)
	if err != nil {
		return "https://" + c.domain.console + "/"
	}
	if query := page.Query(); c.Page.Region != "" && !query.Has("region") {
		query.Set("region", c.Page.Region)
		page.RawQuery = query.Encode()
	}
	return page.String()
}

// Endpoint is the federation endpoint, which gives sign-in tokens, and takes them.
func (c *Console) Endpoint() string {
	base := c.endpoint
	if base == "" {
		base = "https://" + strings.ReplaceAll(c.domain.signIn, "{region}", c.Page.Region)
	}
	return strings.TrimSuffix(base, "/") + "/federation"
}

// SignInURL returns the URL that begins a session with the credentials, for
// SignInLink. Whoever has it has the session.
func (c *Console) SignInURL(ctx context.Context, credentials aws.Credentials) (secret.String, error) {
	if credentials.SessionToken == "" {
		return secret.String{}, fault.New(fault.Usage, fmt.Sprintf("the console takes temporary credentials only, and profile %q has a permanent key: %s", c.link.Profile(), Describe(c.link)),
			"name a role to assume with it: --role-arn ARN")
	}
	token, err := c.signInToken(ctx, credentials)
	if err != nil {
		return secret.String{}, err
	}
	query := url.Values{"Action": {"login"}, "Destination": {c.Destination()}, "SigninToken": {token.Reveal()}}
	return secret.New(c.Endpoint() + "?" + query.Encode()), nil
}

// signInToken asks with a POST, which keeps the credentials out of addresses,
// and so out of logs on the way.
func (c *Console) signInToken(ctx context.Context, credentials aws.Credentials) (secret.String, error) {
	session, err := json.Marshal(map[string]string{
		"sessionId": credentials.AccessKeyID, "sessionKey": credentials.SecretAccessKey, "sessionToken": credentials.SessionToken,
	})
	if err != nil {
		return secret.String{}, err
	}
	form := url.Values{"Action": {"getSigninToken"}, "Session": {string(session)}}
	if life := c.life(); life != 0 {
		form.Set("SessionDuration", strconv.Itoa(int(life/time.Second)))
	}
	timeout, now := c.Timeout, c.Now
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	if now == nil {
		now = time.Now
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	call := call{service: "the console's sign-in", endpoint: c.Endpoint(), started: now(), now: now}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Endpoint(), strings.NewReader(form.Encode()))
	if err != nil {
		return secret.String{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client, err := c.client.httpClient()
	if err != nil {
		return secret.String{}, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return secret.String{}, call.explain(ctx, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxSignInToken))
	if err != nil {
		return secret.String{}, call.explain(ctx, err)
	}
	return c.token(answer.StatusCode, body)
}

// token is the sign-in token in an answer.
func (c *Console) token(status int, body []byte) (secret.String, error) {
	if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		return secret.String{}, fault.New(fault.Network, fmt.Sprintf("the console's sign-in could not answer (status %d)", status),
			"this is temporary; run the same command again in a moment")
	}
	var got struct{ SigninToken string }
	// What is no JSON has no token.
	_ = json.Unmarshal(body, &got)
	if status != http.StatusOK || got.SigninToken == "" {
		return secret.String{}, fault.New(fault.Refused,
			fmt.Sprintf("the console's sign-in refused the credentials of profile %q (status %d): %s", c.link.Profile(), status, Describe(c.link)),
			"it takes credentials of roles and of federated users, and those alone that are still valid; to mint new ones, run: awsmint login "+c.link.Profile()+" --force")
	}
	return secret.New(got.SigninToken), nil
}

// life is how long the session is to last, where that may be said: for a role
// that was assumed straight from a key. Every other session lasts as long as
// its credentials.
func (c *Console) life() time.Duration {
	role, ok := c.link.(*Role)
	if !ok {
		return 0
	}
	switch source := role.source.(type) {
	case *Key:
		return role.Duration
	case *Static:
		if !source.isTemporary() {
			return role.Duration
		}
	}
	return 0
}
