resource "aws_route_table" "public" {
  count = local.outside ? 1 : 0

  vpc_id = local.vpc_id
  tags   = merge({ Name = format("%s-public", var.name) }, var.tags)
}

resource "aws_route" "out" {
  count = length(aws_route_table.public)

  route_table_id         = aws_route_table.public[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  for_each = { for key, subnet in local.public : key => subnet.zone if local.outside }

  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = one(aws_route_table.public[*].id)
}

resource "aws_route_table" "private" {
  for_each = local.private

  vpc_id = local.vpc_id
  tags = merge(
    { Name = "${var.name}-${each.key}" },
    each.value.routed ? {} : { Isolated = true },
    var.tags,
  )
}

resource "aws_route" "nat" {
  for_each = { for key, through in local.egress : key => through if through != null && length(local.gateways) > 0 }

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[contains(local.gateways, each.value) ? each.value : local.gateways[0]].id
}

resource "aws_route_table_association" "private" {
  for_each = local.private

  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}
