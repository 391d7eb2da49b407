package provider

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/awsmint/awsmint/internal/fault"
)

// explainSilence is for no answer, or none that is AWS's.
func (c call) explainSilence(err error) error {
	where := c.where()
	var (
		certificate *tls.CertificateVerificationError
		dns         *net.DNSError
		op          *net.OpError
		response    *awshttp.ResponseError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return fault.Wrap(err, fault.Person, "cancelled", "")
	case errors.As(err, &certificate):
		return fault.Wrap(err, fault.Network, fmt.Sprintf("the certificate of %s is not trusted: %v", where, certificate.Err), certificateHint(certificate.Err))
	case errors.As(err, &dns):
		return fault.Wrap(err, fault.Network, fmt.Sprintf("the name %q can't be resolved", dns.Name), c.nameHint(dns))
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Network, fmt.Sprintf("no answer from %s in %s", where, Span(c.now().Sub(c.started))), c.networkHint())
	case errors.As(err, &op) && op.Op == "read", errors.Is(err, io.ErrUnexpectedEOF):
		return fault.Wrap(err, fault.Network, fmt.Sprintf("the answer from %s broke off", where), c.networkHint())
	case errors.As(err, &response) && response.HTTPStatusCode() != 0:
		return fault.Wrap(err, fault.Network, fmt.Sprintf("%s answered with HTTP status %d and nothing that %s would say", where, response.HTTPStatusCode(), firstSet(c.service, "STS")), c.networkHint())
	case errors.As(err, &op):
		return fault.Wrap(err, fault.Network, fmt.Sprintf("%s can't be reached: %v", where, op.Err), c.networkHint())
	}
	return fault.Wrap(err, fault.Network, fmt.Sprintf("no answer from %s: %v", where, innermost(err)), c.networkHint())
}

// where is what was asked, for a person.
func (c call) where() string {
	if c.endpoint == "" {
		return "AWS in " + c.region
	}
	return withoutPassword(c.endpoint)
}

func certificateHint(err error) string {
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return "check this machine's clock; if it is right, the endpoint needs a new certificate"
	}
	return "behind a proxy that opens TLS, set AWS_CA_BUNDLE (or ca_bundle in the profile) to its certificate"
}

// nameHint is for a host that is not known. A region that is none looks just
// like that.
func (c call) nameHint(dns *net.DNSError) string {
	hint := c.networkHint()
	if c.endpoint != "" || c.from == "" || !dns.IsNotFound || !strings.Contains(dns.Name, "."+c.region+".") {
		return hint
	}
	return fmt.Sprintf("check that the region %q (%s) exists; if it does, %s", c.region, c.from, hint)
}

func (c call) networkHint() string {
	target := c.endpoint
	if target == "" {
		target = "https://sts." + c.region + ".amazonaws.com"
	}
	if request, err := http.NewRequest(http.MethodPost, target, nil); err == nil {
		if proxy, err := http.ProxyFromEnvironment(request); err == nil && proxy != nil {
			return "check the network and the proxy in use, " + (&url.URL{Scheme: proxy.Scheme, Host: proxy.Host}).String()
		}
	}
	return "check the network; if it needs a proxy, set HTTPS_PROXY"
}

func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
