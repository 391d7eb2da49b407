package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// dialTimeout is how long a local endpoint has to take a connection. One on
// this machine takes or refuses it in less than a millisecond.
const dialTimeout = time.Second

// dynamoDBLocal is where DynamoDB local listens if nothing else is said.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.UsageNotes.html
const dynamoDBLocal = "http://localhost:8000"

// endpoint is a place other than AWS's own that programs are sent to.
type endpoint struct {
	variable string
	url      string
	assumed  bool // the variable names none
}

// endpointsOf are those that variables set: the SDKs' own, and those of programs
// that made their endpoint a setting before SDKs did.
func endpointsOf(v variables) (all []endpoint) {
	for _, name := range v.sortedNames("AWS_ENDPOINT_URL", "DYNAMODB_ENDPOINT") {
		all = append(all, endpoint{variable: name, url: v.text(name)})
	}
	if on := strings.ToLower(v.text("USE_LOCAL_DYNAMODB")); on == "" || on == "0" || on == "false" || on == "no" || on == "off" {
		return all
	}
	for _, set := range all {
		if strings.Contains(set.variable, "DYNAMODB") || set.variable == "AWS_ENDPOINT_URL" {
			return all
		}
	}
	return append(all, endpoint{"USE_LOCAL_DYNAMODB", dynamoDBLocal, true})
}

// endpoints looks whether somebody answers there. AWS's own endpoints are left
// to the requests themselves.
func (e *examination) endpoints(v variables, all []endpoint) {
	for _, at := range all {
		u, err := url.Parse(at.url)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
			e.add(Finding{
				ID: "endpoint-form", Severity: Error, Area: v.area, Where: v.where(at.variable),
				Fact:   at.variable + " is not the URL of an endpoint",
				Advice: "write a host with http:// or https:// in front, such as " + dynamoDBLocal + ", or unset it",
			})
			continue
		}
		if isAmazon(u.Hostname()) || e.Offline && !isLoopback(u.Hostname()) {
			continue
		}
		e.dial(v, at, u)
	}
}

func (e *examination) dial(v variables, at endpoint, u *url.URL) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	address := net.JoinHostPort(u.Hostname(), port)
	dial := e.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	ctx, cancel := context.WithTimeout(e.ctx, dialTimeout)
	defer cancel()
	connection, err := dial(ctx, "tcp", address)
	if err == nil {
		_ = connection.Close()
		e.add(Finding{ID: "endpoint-answers", Severity: OK, Area: v.area, Where: v.where(at.variable), Fact: fmt.Sprintf("%s sends programs to %s, where somebody listens", at.variable, address)})
		return
	}
	reason := "nobody listens there"
	var refused *net.OpError
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &refused) && refused.Timeout() {
		reason = "there is no answer within " + dialTimeout.String()
	}
	f := Finding{
		ID: "endpoint-silent", Severity: Error, Area: v.area, Where: v.where(at.variable),
		Fact:   fmt.Sprintf("%s sends programs to %s, and %s", at.variable, address, reason),
		Advice: fmt.Sprintf("start what is to listen there (DynamoDB local: docker run -p 8000:8000 amazon/dynamodb-local), or unset %s to use AWS itself", at.variable),
	}
	if at.assumed {
		f.Fact = fmt.Sprintf("USE_LOCAL_DYNAMODB is set without DYNAMODB_ENDPOINT_URL, and at the usual place, %s, %s", address, reason)
	}
	e.add(f)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

func isAmazon(host string) bool {
	for _, suffix := range []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}
