module "tags" {
  source   = "../tags"
  for_each = local.made

  name   = "${var.name}-${each.value.name}"
  common = var.tags
  own    = [each.value.tags, each.value.public ? { Reach = "public" } : {}, { Zone = each.value.zone }]
}

locals {
  made     = { for key, subnet in local.subnets : key => subnet if var.create }
  private  = { for key, subnet in local.made : key => subnet if !subnet.public }
  vpc_id   = try(aws_vpc.this[0].id, "")
  outside  = var.create && length(local.public) > 0
  gateways = !local.outside || var.nat == "none" ? [] : slice(keys(local.public), 0, var.nat == "one" ? 1 : length(local.public))
  names = { for kind in ["vpc", "gateway", "nat", "private"] : kind => lookup({
    vpc     = var.name
    gateway = "${var.name}-out"
  }, kind, title(kind)) }
}

resource "aws_vpc" "this" {
  count = var.create ? 1 : 0

  cidr_block           = var.cidr
  enable_dns_support   = var.dns.support
  enable_dns_hostnames = var.dns.hostnames
  tags                 = merge(var.tags, { Name = local.names.vpc })
}

resource "aws_subnet" "this" {
  for_each = local.made

  vpc_id                  = local.vpc_id
  cidr_block              = each.value.cidr
  availability_zone       = each.value.zone
  map_public_ip_on_launch = each.value.public
  tags                    = module.tags[each.key].tags
}

resource "aws_internet_gateway" "this" {
  count = local.outside ? 1 : 0

  vpc_id = local.vpc_id
  tags   = merge(var.tags, { Name = local.names["gateway"] })
}

resource "aws_eip" "nat" {
  for_each = toset(local.gateways)

  domain = "vpc"
  tags   = merge(var.tags, { Name = join("-", [var.name, lower(local.names["nat"]), each.key]) })

  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each = toset(local.gateways)

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.this[each.value].id
  tags          = { Name = aws_eip.nat[each.key].tags.Name, For = local.public[each.key].zone }
}
