// A program of somebody else's that runs for long: for each line of its stdin it
// calls AWS, and prints with which key and as whom.
import { createInterface } from "node:readline";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const client = new STSClient({ region: "eu-west-1" });
for await (const _ of createInterface({ input: process.stdin })) {
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  console.log((await client.config.credentials()).accessKeyId, Arn);
}
