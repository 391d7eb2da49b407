# A program of somebody else's that runs for long: for each line of its stdin it
# calls AWS, and prints with which key and as whom.
import os
import sys

import boto3

session = boto3.Session(region_name="eu-west-1")
client = session.client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL_STS"])
for _ in sys.stdin:
    arn = client.get_caller_identity()["Arn"]
    print(session.get_credentials().get_frozen_credentials().access_key, arn, flush=True)
