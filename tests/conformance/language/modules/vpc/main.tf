# Three networks of one module: a whole one, a small one, and one that is not made at all.

variable "team" {
  type    = string
  default = "platform"
}

variable "zones" {
  type    = list(string)
  default = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

locals {
  regions = { for zone in var.zones : substr(zone, 0, length(zone) - 1) => zone... }
  common = {
    Team      = var.team
    ManagedBy = "freehold"
    Region    = one(keys(local.regions))
  }
}

provider "aws" {
  region = one(keys(local.regions))
}

module "main" {
  source = "./network"

  name  = "main"
  cidr  = "10.20.0.0/16"
  zones = var.zones
  tags  = local.common
  nat   = "zone"

  groups = {
    public   = { public = true, newbits = 8, tags = { "kubernetes.io/role/elb" = 1 } }
    private  = { newbits = 4, tags = { "kubernetes.io/role/internal-elb" = "1" } }
    database = { newbits = 8, zones = slice(var.zones, 0, 2), routed = false }
    cache    = { newbits = 10, zones = [var.zones[0]], routed = null, name = "memory" }
  }
}

module "small" {
  source = "./network"

  name   = "small"
  cidr   = "172.16.0.0/20"
  zones  = [var.zones[0]]
  nat    = "one"
  groups = { public = { public = true }, private = {} }
  tags   = merge(local.common, { Team = upper(var.team) })
}

module "several" {
  source   = "./network"
  for_each = { for index, name in ["blue", "green"] : name => index }

  name   = "several-${each.key}"
  cidr   = cidrsubnet("10.128.0.0/12", 4, each.value)
  zones  = reverse(var.zones)
  groups = { private = { newbits = 6 + each.value } }
}

module "none" {
  source = "./network"

  create = false
  name   = "none"
  cidr   = "192.168.0.0/16"
  zones  = var.zones
  groups = { private = {}, public = { public = true } }
}

output "main" {
  value = {
    cidrs   = module.main.cidrs
    names   = module.main.names
    routed  = module.main.routed
    summary = module.main.summary
  }
}

output "small" {
  value = module.small.cidrs["public"]
}

output "several" {
  value = { for name, network in module.several : name => flatten(values(network.cidrs)) }
}

output "none" {
  value = [module.none.cidrs, module.none.summary, try(module.none.cidrs.private[0], "nothing")]
}

output "counts" {
  value = zipmap(["main", "small", "none"], [for network in [module.main, module.small, module.none] : network.count])
}
