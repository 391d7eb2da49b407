// Command library is a program of somebody else's that takes its credentials
// from awsmint's packages, without the awsmint command.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/provider"
)

func main() {
	credentials, err := provider.Open(provider.Request{Profile: os.Args[1]}, provider.Options{NoInput: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	client := sts.New(sts.Options{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String(os.Getenv("AWS_ENDPOINT_URL_STS")),
		Credentials:  aws.NewCredentialsCache(credentials),
	})
	who, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(aws.ToString(who.Arn))
}
