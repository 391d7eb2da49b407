package ststest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/awsmint/awsmint/internal/ststest"
)

func TestUsersSeeTheirOwnDevice(t *testing.T) {
	s, _, u := frozen(t)
	s.AddUser("bob")
	for _, in := range []*iam.ListMFADevicesInput{{}, {UserName: &u.Name}} {
		out, err := iamClient(s, keysOf(u)).ListMFADevices(within(t), in)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.MFADevices) != 1 || *out.MFADevices[0].SerialNumber != u.MFASerial || *out.MFADevices[0].UserName != u.Name ||
			!out.MFADevices[0].EnableDate.Equal(u.Created) || out.IsTruncated {
			t.Errorf("got %+v", out.MFADevices)
		}
	}
	_, err := iamClient(s, keysOf(u)).ListMFADevices(within(t), &iam.ListMFADevicesInput{UserName: aws.String("bob")})
	wantError(t, err, "AccessDenied", "User: "+u.ARN+" is not authorized to perform: iam:ListMFADevices on resource: user bob")
	_, err = iamClient(s, keysOf(u)).ListMFADevices(within(t), &iam.ListMFADevicesInput{UserName: aws.String("a b")})
	wantError(t, err, "ValidationError", "at 'userName' failed to satisfy constraint")
}

func TestADeniedListOfDevicesCanBeInjected(t *testing.T) {
	s, _, u := frozen(t)
	s.Inject(ststest.Fault{Action: "ListMFADevices", Code: "AccessDenied", Message: "no"})
	_, err := iamClient(s, keysOf(u)).ListMFADevices(within(t), &iam.ListMFADevicesInput{})
	wantError(t, err, "AccessDenied", "no")
}

// A signature for one service is none for the other.
func TestTheServicesAreKeptApart(t *testing.T) {
	s, c, u := frozen(t)
	form := params("Version", "2010-05-08", "Action", "ListMFADevices")
	do(t, signed(t, s, keysOf(u), "iam", c.Now(), form)).want(t, 200, "", "")
	do(t, signed(t, s, keysOf(u), "sts", c.Now(), form)).want(t, 403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'iam'. ")
}
