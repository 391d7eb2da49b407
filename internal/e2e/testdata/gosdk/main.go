// Command gosdk is a program of somebody else's: it takes its credentials as
// every program with the AWS SDK for Go does, and prints whose they are. It is a
// module of its own, because awsmint itself never links the SDK's config.
//
// With a profile it calls AWS once. Without one it takes what it finds and runs
// for long: for each line of its stdin it calls AWS, and prints with which key
// and as whom.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	run := once
	if len(os.Args) == 1 {
		run = onAndOn
	}
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func once(ctx context.Context) error {
	loaded, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(os.Args[1]))
	if err != nil {
		return err
	}
	arn, err := caller(ctx, sts.NewFromConfig(loaded))
	if err == nil {
		fmt.Println(arn)
	}
	return err
}

func onAndOn(ctx context.Context) error {
	loaded, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	client := sts.NewFromConfig(loaded)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		arn, err := caller(ctx, client)
		if err != nil {
			return err
		}
		credentials, err := loaded.Credentials.Retrieve(ctx)
		if err != nil {
			return err
		}
		fmt.Println(credentials.AccessKeyID, arn)
	}
	return nil
}

func caller(ctx context.Context, client *sts.Client) (arn string, err error) {
	answer, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(answer.Arn), nil
}
