package provider

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// Instance is the role of the EC2 instance that awsmint runs on, where a profile
// asks for it with credential_source = Ec2InstanceMetadata.
type Instance struct {
	Endpoint string // of the metadata service
	Host     string // the machine's name: others may share its home directory

	profile  string
	disabled bool  // AWS_EC2_METADATA_DISABLED
	problem  error // with what the environment says
}

// metadataEndpoints are where the metadata service is, by the mode of reaching
// it. https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
var metadataEndpoints = map[string]string{
	"ipv4": "http://169.254.169.254",
	"ipv6": "http://[fd00:ec2::254]",
}

// metadataSettings say where the metadata service is: the later one counts, and
// each in the environment before the profile.
var metadataSettings = []struct {
	variable, key string
	endpoint      func(setting, text string) (string, error)
}{
	{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode", metadataMode},
	{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint", metadataURL},
}

func metadataMode(setting, text string) (string, error) {
	if endpoint, ok := metadataEndpoints[strings.ToLower(text)]; ok {
		return endpoint, nil
	}
	return "", fault.New(fault.Usage, fmt.Sprintf("%s is %q", setting, text), "it can be IPv4 or IPv6")
}

func metadataURL(setting, text string) (string, error) { return text, checkURL(setting, text) }

func (r *resolver) instance(section *awsconfig.Section) (Link, error) {
	i := &Instance{
		Endpoint: metadataEndpoints["ipv4"],
		Host:     hostName(),
		profile:  section.Name(),
		disabled: strings.EqualFold(r.getenv("AWS_EC2_METADATA_DISABLED"), "true"),
	}
	for _, s := range metadataSettings {
		name, text := s.variable, r.getenv(s.variable)
		if text == "" {
			name, text = s.key, section.Setting(s.key)
		}
		if text == "" {
			continue
		}
		i.Endpoint, i.problem = s.endpoint(name, text)
		if i.problem != nil && name == s.key {
			return nil, at(section, name, i.problem)
		}
	}
	return i, nil
}

// Profile is the section that asks for it.
func (i *Instance) Profile() string { return i.profile }

// Source is nil.
func (i *Instance) Source() Link { return nil }

func (i *Instance) kind() string { return "instance" }

func (i *Instance) shape(add func(name, value string)) {
	add("host", i.Host)
	add("endpoint", i.Endpoint)
}

func (i *Instance) window() time.Duration { return 0 }

func (i *Instance) provider(o *Options, _ aws.CredentialsProvider) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		if err := i.check(); err != nil {
			return aws.Credentials{}, err
		}
		ctx, cancel := context.WithTimeout(ctx, min(machineTimeout, o.Timeout))
		defer cancel()
		service := &machineService{
			client:  machineClient(),
			name:    fmt.Sprintf("the instance metadata service (%s)", withoutPassword(i.Endpoint)),
			absent:  "credential_source = Ec2InstanceMetadata works on EC2 instances only; in a container there, the instance's metadata options must allow two hops",
			refused: "look at the instance's role and metadata options in the EC2 console",
		}
		got, err := ec2rolecreds.New(func(options *ec2rolecreds.Options) {
			options.Client = i.client(service)
		}).Retrieve(ctx)
		switch {
		case err != nil && service.last.status == http.StatusNotFound && service.last.method == http.MethodGet:
			return aws.Credentials{}, fault.Wrap(err, fault.Missing, fmt.Sprintf("this instance has no role (%s)", withoutPassword(i.Endpoint)),
				"attach one to it: EC2 console, Actions, Security, Modify IAM role")
		case err != nil:
			return aws.Credentials{}, service.explain(ctx, err)
		}
		return service.complete(got)
	})
}

func (i *Instance) check() error {
	if i.disabled {
		return fault.New(fault.Usage,
			fmt.Sprintf("profile %q has credential_source = Ec2InstanceMetadata, and AWS_EC2_METADATA_DISABLED forbids to ask", i.profile),
			"unset the variable, or give the profile another source")
	}
	return i.problem
}

// client asks the second version of the service alone: the first gives
// credentials to whoever can make a program on the instance fetch a URL.
func (i *Instance) client(service imds.HTTPClient) *imds.Client {
	return imds.New(imds.Options{
		Endpoint:          i.Endpoint,
		ClientEnableState: imds.ClientEnabled,
		EnableFallback:    aws.FalseTernary,
		HTTPClient:        service,
	})
}
