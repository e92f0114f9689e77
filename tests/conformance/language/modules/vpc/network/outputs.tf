output "id" {
  value = one(aws_vpc.this[*].id)
}

output "names" {
  value = sort([for subnet in aws_subnet.this : subnet.tags["Name"]])
}

output "subnet_ids" {
  value = { for group in distinct(values(local.made)[*].group) : group => [
    for key, subnet in local.made : aws_subnet.this[key].id if subnet.group == group
  ] }
}

output "routed" {
  value = keys(aws_route.nat)
}

output "count" {
  value = sum([length(aws_vpc.this), length(aws_subnet.this), length(aws_nat_gateway.this)])
}

output "summary" {
  value = join("; ", concat(
    [for vpc in aws_vpc.this : "${vpc.cidr_block} with ${length(aws_subnet.this)} subnets"],
    [for key in local.gateways : "through ${key}"],
  ))
}
