"""The AWS half of the sandbox: one port that speaks EC2, IAM, STS, S3, KMS and EKS.

A request goes `front` -> `requests` (which service, which operation) -> `faults` -> `authentication` (`signatures`,
`credentials`) -> `ec2`, `eks` or `moto`. `errors` shapes refusals for each protocol, `tokens` tells who may enter a
cluster, `ec2` puts right what moto's EC2 does not do as the real one does, and `network` is how EKS reaches into it.
"""
