package provider_test

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// A program takes the provider of a profile as its credentials. It shares the
// cache and its lock with the awsmint command and with every other program. In
// a program of your own, provider.Open finds config, keychain and cache by
// itself; here they are those of an AWS on loopback.
func ExampleNew() {
	server, err := ststest.Start(ststest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	alice := server.AddUser("alice")
	server.AddRole(ststest.Role{ARN: "arn:aws:iam::444455556666:role/Admin", RequireMFA: true})
	dir, err := os.MkdirTemp("", "awsmint-example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	keys := &chain{items: map[string]secret.String{
		keychain.KeyAccount("work"): keychain.EncodeKey(keychain.Key{
			AccessKeyID: alice.AccessKeyID, SecretAccessKey: secret.New(alice.SecretAccessKey), ARN: alice.ARN,
		}),
		keychain.SeedAccount("work"): keychain.EncodeSeed(keychain.Seed{Secret: secret.New(alice.Seed)}),
	}}
	config, err := awsconfig.Parse([]byte(`
[profile work]
region = eu-west-1
mfa_serial = `+alice.MFASerial+`
endpoint_url = `+server.URL()+`
[profile prod]
region = eu-west-1
role_arn = arn:aws:iam::444455556666:role/Admin
source_profile = work
endpoint_url = `+server.URL()+`
`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	link, err := provider.Resolve(config, func(string) string { return "" }, provider.Request{Profile: "prod"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(provider.Describe(link))
	for range 3 { // three programs
		credentials := provider.New(link, provider.Options{Keychain: keys, Cache: &cache.Cache{Dir: dir}, NoInput: true})
		client := sts.New(sts.Options{
			Region: "eu-west-1", BaseEndpoint: aws.String(server.URL()),
			Credentials: aws.NewCredentialsCache(credentials),
		})
		who, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(aws.ToString(who.Arn))
	}
	fmt.Println(server.Calls("GetSessionToken"), "session,", server.Calls("AssumeRole"), "role")
	// Output:
	// role prod ← session work ← key work
	// arn:aws:sts::444455556666:assumed-role/Admin/alice
	// arn:aws:sts::444455556666:assumed-role/Admin/alice
	// arn:aws:sts::444455556666:assumed-role/Admin/alice
	// 1 session, 1 role
}
