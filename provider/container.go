package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// Container is the role of the ECS task or EKS pod that awsmint runs in, where
// a profile asks for it with credential_source = EcsContainer.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
type Container struct {
	URI           string        // where the credentials are; empty: not set
	Authorization secret.String // the header that they are asked for with
	TokenFile     string        // a file with that header, in place of it
	Host          string        // the machine's name: others may share its home directory

	profile string
	problem error // with what the environment says
}

// The variables that ECS and EKS set in a container.
const (
	relativeURI       = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
	fullURI           = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
	containerToken    = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
	containerTokenAt  = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
	containerEndpoint = "http://169.254.170.2" // the ECS agent's
)

// containerHosts are those of the ECS agent and the EKS Pod Identity agent,
// which may be asked without TLS, as loopback addresses may.
var containerHosts = map[string]bool{"169.254.170.2": true, "169.254.170.23": true, "fd00:ec2::23": true}

func (r *resolver) container(section *awsconfig.Section) (Link, error) {
	c := &Container{
		Authorization: secret.New(r.getenv(containerToken)),
		TokenFile:     r.getenv(containerTokenAt),
		Host:          hostName(),
		profile:       section.Name(),
	}
	if path := r.getenv(relativeURI); path != "" {
		c.URI = containerEndpoint + path
		c.problem = checkContainerPath(path)
	} else if c.URI = r.getenv(fullURI); c.URI != "" {
		c.problem = checkContainerURI(c.URI)
	}
	return c, nil
}

// checkContainerPath keeps a path from making another host of the agent's.
func checkContainerPath(path string) error {
	if u, err := url.Parse(containerEndpoint + path); err == nil && strings.HasPrefix(path, "/") && containerEndpoint == "http://"+u.Host {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%s is %q, which is no path", relativeURI, path), "it is set by ECS and begins with a /; unset it elsewhere")
}

// checkContainerURI keeps credentials from crossing a network without TLS.
func checkContainerURI(text string) error {
	if err := checkURL(fullURI, text); err != nil {
		return fault.Wrap(err, fault.Usage, err.Error(), "it is set by EKS, or whoever offers credentials to this container; unset it elsewhere")
	}
	u, _ := url.Parse(text) // checkURL did
	if u.Scheme == "https" || containerHosts[u.Hostname()] || isLoopback(u.Hostname()) {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%s is %q: credentials are not fetched from another host without TLS", fullURI, withoutPassword(text)),
		"use https://, a loopback address, or that of the agent of ECS (169.254.170.2) or EKS (169.254.170.23, [fd00:ec2::23])")
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback()
}

// Profile is the section that asks for it.
func (c *Container) Profile() string { return c.profile }

// Source is nil.
func (c *Container) Source() Link { return nil }

func (c *Container) kind() string { return "container" }

func (c *Container) shape(add func(name, value string)) {
	add("host", c.Host)
	add("uri", c.URI)
	// One address may serve several, told apart by what they ask with.
	sum := sha256.Sum256([]byte(c.Authorization.Reveal()))
	add("authorization", hex.EncodeToString(sum[:]))
	add("authorization file", c.TokenFile)
}

func (c *Container) window() time.Duration { return 0 }

func (c *Container) provider(o *Options, _ aws.CredentialsProvider) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		if err := c.Check(); err != nil {
			return aws.Credentials{}, err
		}
		token, err := c.token()
		if err != nil {
			return aws.Credentials{}, err
		}
		ctx, cancel := context.WithTimeout(ctx, min(machineTimeout, o.Timeout))
		defer cancel()
		service := &machineService{
			client:  machineClient(),
			name:    fmt.Sprintf("the container's credentials endpoint (%s)", withoutPassword(c.URI)),
			absent:  "credential_source = EcsContainer works inside ECS tasks and EKS pods only; look whether this is one, and at its agent",
			refused: "look at the role of the task or pod; " + containerToken + " and " + containerTokenAt + " say what it is asked with",
		}
		got, err := endpointcreds.New(c.URI, func(options *endpointcreds.Options) {
			options.AuthorizationToken = token.Reveal()
			options.HTTPClient = service
			options.Retryer = patient(ctx)
		}).Retrieve(ctx)
		if err != nil {
			return aws.Credentials{}, service.explain(ctx, err)
		}
		return service.complete(got)
	})
}

// Check says what the environment lacks, or has wrong. It stands in nobody's
// way while the cache has an answer.
func (c *Container) Check() error {
	if c.URI != "" {
		return c.problem
	}
	return fault.New(fault.Missing,
		fmt.Sprintf("profile %q has credential_source = EcsContainer, and neither %s nor %s is set", c.profile, relativeURI, fullURI),
		"ECS and EKS set them in a container that has a role; elsewhere name a source_profile in place of credential_source")
}

// token is the Authorization header. EKS writes a new one into the file before
// the old one ends.
func (c *Container) token() (secret.String, error) {
	token, variable := c.Authorization.Reveal(), containerToken
	if c.TokenFile != "" {
		variable = containerTokenAt
		data, err := readSmall(c.TokenFile)
		if err != nil {
			return secret.String{}, fault.Wrap(err, fault.Usage, fmt.Sprintf("%s, %q, can't be read: %v", containerTokenAt, c.TokenFile, innermost(err)),
				"EKS sets it and keeps the file up to date; look at the pod's volumes")
		}
		token = strings.TrimRight(string(data), "\r\n")
	}
	if strings.ContainsAny(token, "\r\n") {
		return secret.String{}, fault.New(fault.Usage, fmt.Sprintf("the token of %s has more than one line", variable), "it goes into an HTTP header, which has one")
	}
	return secret.New(token), nil
}
