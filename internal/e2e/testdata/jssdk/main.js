// A program of somebody else's: it takes its credentials as every program with
// the AWS SDK for JavaScript does, and prints whose they are.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

try {
  const client = new STSClient({ profile: process.argv[2] });
  console.log((await client.send(new GetCallerIdentityCommand({}))).Arn);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
