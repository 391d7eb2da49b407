package provider_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/provider"
)

// A program takes a profile's credentials from awsmint. It shares cache, locks
// and keychain with the awsmint command and with every other program, so one
// MFA code serves them all; NoInput says that nobody is to be asked by this one.
func ExampleOpen() {
	credentials, err := provider.Open(provider.Request{Profile: "prod"}, provider.Options{NoInput: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := sts.New(sts.Options{
		Region:      "eu-west-1",
		Credentials: aws.NewCredentialsCache(credentials),
	})
	who, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(aws.ToString(who.Arn))
}
