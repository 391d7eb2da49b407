package provider

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// maxLabel is the length in bytes of a label of a host name (RFC 1123), which
// a region becomes.
const maxLabel = 63

// CheckRegion says what is wrong with a region's form. Whether there is one of
// that name, AWS knows.
func CheckRegion(region string) error {
	if region != "" && len(region) <= maxLabel && consistsOf(region, "-") && strings.Trim(region, "-") == region {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%q is not a region", region),
		"it has a form like eu-west-1; check region in the profile, AWS_REGION and AWS_DEFAULT_REGION")
}

// endpoint is the URL set for a service ("sts", "iam"); empty: none.
func (c *Client) endpoint(config *awsconfig.Config, section *awsconfig.Section, getenv func(string) string, service string) (string, error) {
	ignored, err := c.either(getenv, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", section, "ignore_configured_endpoint_urls")
	if err != nil || ignored {
		return "", err
	}
	for _, variable := range []string{"AWS_ENDPOINT_URL_" + strings.ToUpper(service), "AWS_ENDPOINT_URL"} {
		if text := getenv(variable); text != "" {
			c.note(checkURL(variable, text))
			return text, nil
		}
	}
	text, err := servicesEndpoint(config, section, service)
	if text != "" || err != nil {
		return text, err
	}
	text = section.Setting("endpoint_url")
	if text == "" {
		return "", nil
	}
	if err := checkURL("endpoint_url", text); err != nil {
		return "", at(section, "endpoint_url", err)
	}
	return text, nil
}

// servicesEndpoint is the URL in the services section that the profile names.
func servicesEndpoint(config *awsconfig.Config, section *awsconfig.Section, service string) (string, error) {
	name := section.Setting("services")
	if name == "" {
		return "", nil
	}
	services, err := config.Services(name)
	if err != nil {
		return "", at(section, "services", err)
	}
	text := services.Sub(service, "endpoint_url")
	if text == "" {
		return "", nil
	}
	if err := checkURL("endpoint_url of "+service, text); err != nil {
		file, line := services.Origin(service)
		return "", fault.Wrap(err, fault.Usage,
			fmt.Sprintf("%s:%d: in services %q, which profile %q names: %v", file, line, name, section.Name(), err), fault.HintOf(err))
	}
	return text, nil
}

func checkURL(setting, text string) error {
	u, err := url.Parse(text)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return nil
	}
	return fault.New(fault.Usage, fmt.Sprintf("%s is %q, which is not the URL of an endpoint", setting, withoutPassword(text)),
		"write a host with https:// or http:// in front, such as https://sts.eu-west-1.amazonaws.com")
}

// withoutPassword is a URL that may be shown. What can't be parsed may hold a
// password anywhere before an @.
func withoutPassword(text string) string {
	u, err := url.Parse(text)
	switch {
	case err == nil && u.User != nil:
		return u.Redacted()
	case err == nil:
		return text
	}
	return text[strings.LastIndex(text, "@")+1:]
}

// checkEndpoint refuses here what the SDK would refuse only when a person has
// been asked for a code: FIPS or dualstack, which choose among AWS's own
// endpoints, together with one that is set.
func (c *Client) checkEndpoint(profile, endpoint string) error {
	if endpoint == "" || !c.FIPS && !c.DualStack {
		return nil
	}
	kind := "FIPS"
	if !c.FIPS {
		kind = "dualstack"
	}
	return fault.New(fault.Usage, fmt.Sprintf("profile %q can't use a %s endpoint and the endpoint %q together", profile, kind, withoutPassword(endpoint)),
		"leave out one of them: use_fips_endpoint, use_dualstack_endpoint or endpoint_url, in the config file or as AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT or AWS_ENDPOINT_URL")
}
