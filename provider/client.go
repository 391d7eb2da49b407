package provider

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// Client says how AWS is reached for a profile. Its precedence is that of the
// Go SDK: environment before config, a service's own endpoint before the
// general one; but the profile's region goes before the environment's, so that
// a shell's region can't send a key to another partition. Proxies come from
// HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
type Client struct {
	Region      string
	STSEndpoint string // empty: the region's own
	IAMEndpoint string // empty: the partition's own
	FIPS        bool
	DualStack   bool
	CABundle    string // path of a PEM file; empty: the system's

	configured string // the region in the profile itself
	regionFrom string // the setting that Region is from, for a person; empty: it is a default
	problem    error  // with what the environment says
}

// shape leaves out the region that merely comes from the environment, FIPS,
// dualstack and the CA bundle: they choose the way to AWS, and a session got
// by one way is as good by any other. A variable set in one shell must not
// cost another MFA code.
func (c *Client) shape(add func(name, value string)) {
	add("region", c.configured)
	add("endpoint", c.STSEndpoint)
}

// defaultRegions is where STS is asked when no region is set, by partition.
// Every account of the partition has it enabled.
var defaultRegions = map[string]string{
	"aws":        "us-east-1",
	"aws-cn":     "cn-north-1",
	"aws-us-gov": "us-gov-west-1",
	"aws-eusc":   "eusc-de-east-1",
}

// clientSettings reads how STS is reached. What is wrong in the config file is
// an error; what is wrong in the environment is kept for Check, because it
// stands in nobody's way while the cache has an answer.
func clientSettings(config *awsconfig.Config, section *awsconfig.Section, getenv func(string) string, partition string) (Client, error) {
	c := Client{configured: section.Setting("region")}
	for _, from := range []struct{ setting, region string }{
		{fmt.Sprintf("%s in profile %q", written(section, "region"), section.Name()), c.configured},
		{"AWS_REGION", getenv("AWS_REGION")},
		{"AWS_DEFAULT_REGION", getenv("AWS_DEFAULT_REGION")},
		{"", firstSet(defaultRegions[partition], defaultRegions["aws"])},
	} {
		if c.Region == "" && from.region != "" {
			c.Region, c.regionFrom = from.region, from.setting
		}
	}
	err := CheckRegion(c.Region)
	if err != nil && c.configured != "" {
		return c, at(section, "region", err)
	}
	c.note(err)
	if err := c.readTransport(section, getenv); err != nil {
		return c, err
	}
	if c.STSEndpoint, err = c.endpoint(config, section, getenv, "sts"); err != nil {
		return c, err
	}
	c.note(c.checkEndpoint(section.Name(), c.STSEndpoint))
	return c, nil
}

// readTransport reads what is the same for every service and region.
func (c *Client) readTransport(section *awsconfig.Section, getenv func(string) string) (err error) {
	c.CABundle = firstSet(getenv("AWS_CA_BUNDLE"), section.Setting("ca_bundle"))
	if c.FIPS, err = c.either(getenv, "AWS_USE_FIPS_ENDPOINT", section, "use_fips_endpoint"); err != nil {
		return err
	}
	c.DualStack, err = c.either(getenv, "AWS_USE_DUALSTACK_ENDPOINT", section, "use_dualstack_endpoint")
	return err
}

// note keeps the first thing that is wrong in the environment.
func (c *Client) note(err error) {
	if c.problem == nil {
		c.problem = err
	}
}

// Check says what in the environment stands in the way of reaching AWS. It is
// asked before a mint bothers anybody.
func (c *Client) Check() error { return c.problem }

// ready says what would keep a mint from reaching AWS, before anyone has typed a
// code for nothing.
func (c *Client) ready() error {
	if err := c.Check(); err != nil {
		return err
	}
	_, err := c.roots()
	return err
}

// either reads a switch, the environment's before the profile's.
func (c *Client) either(getenv func(string) string, variable string, section *awsconfig.Section, key string) (bool, error) {
	if text := getenv(variable); text != "" {
		on, err := boolean(variable, text)
		c.note(err)
		return on, nil
	}
	on, err := boolean(key, section.Setting(key))
	if err != nil {
		return false, at(section, key, err)
	}
	return on, nil
}

func firstSet(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// httpClient is the SDK's own, with the profile's CA bundle.
func (c *Client) httpClient() (wholeBody, error) {
	client := awshttp.NewBuildableClient()
	roots, err := c.roots()
	if roots != nil {
		client = client.WithTransportOptions(func(t *http.Transport) {
			if t.TLSClientConfig == nil {
				t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
			}
			t.TLSClientConfig.RootCAs = roots
		})
	}
	return wholeBody{client}, err
}

// roots are the certificates of the CA bundle; nil: the system's.
func (c *Client) roots() (*x509.CertPool, error) {
	if c.CABundle == "" {
		return nil, nil
	}
	const hint = "check AWS_CA_BUNDLE, or ca_bundle in the config file"
	pem, err := readSmall(c.CABundle)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, fmt.Sprintf("the CA bundle %q can't be read: %v", c.CABundle, innermost(err)), hint)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.Usage, fmt.Sprintf("the CA bundle %q holds no certificate", c.CABundle), "it is a file of PEM certificates; "+hint)
	}
	return roots, nil
}
