"""EC2: moto's, put right where it does otherwise than the real service.

`offerings` imports it, `service` is what the front calls; `nat_gateways` and `dependencies` correct moto's model
through `overriding`.
"""
