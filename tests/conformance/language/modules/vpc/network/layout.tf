# Where each subnet of a network is: names, zones and blocks of addresses. This file makes nothing, and stands alone.

variable "cidr" {
  type    = string
  default = "10.0.0.0/16"

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && try(tonumber(split("/", var.cidr)[1]) <= 24, false)
    error_message = "cidr is a block of IPv4 addresses of at most 24 bits."
  }
}

variable "zones" {
  type    = list(string)
  default = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

variable "groups" {
  type = map(object({
    newbits = optional(number, 8)
    public  = optional(bool, false)
    routed  = optional(bool, true)
    zones   = optional(list(string))
    name    = optional(string)
    tags    = optional(map(string), {})
  }))
  default = {
    public  = { public = true, tags = { tier = 1 } }
    private = { newbits = 4, zones = ["eu-west-1b", "eu-west-1c"] }
    spare   = { newbits = 10, routed = null, zones = [] }
  }
  nullable = false
}

locals {
  # in the order of their size, the largest first, so that no addresses are lost between them
  sizes   = distinct(sort([for group in values(var.groups) : format("%02d", group.newbits)]))
  ordered = flatten([for size in local.sizes : [for name, group in var.groups : name if group.newbits == tonumber(size)]])

  cells = flatten([
    for name in local.ordered : [
      for index, zone in coalesce(var.groups[name].zones, var.zones) : {
        key     = join("-", compact([name, try(regex("[a-z]$", zone), "")]))
        group   = name
        index   = index
        zone    = zone
        public  = var.groups[name].public
        routed  = coalesce(var.groups[name].routed, true)
        newbits = var.groups[name].newbits
        name    = format("%s-%s", coalesce(var.groups[name].name, name), zone)
        tags    = var.groups[name].tags
      }
    ]
  ])

  blocks  = length(local.cells) == 0 ? [] : cidrsubnets(var.cidr, local.cells[*].newbits...)
  subnets = { for index, cell in local.cells : cell.key => merge(cell, { cidr = local.blocks[index] }) }

  zones  = distinct(local.cells[*].zone)
  public = { for key, subnet in local.subnets : key => subnet if subnet.public }
  by_zone = {
    for zone in local.zones : zone => {
      public  = [for key, subnet in local.subnets : key if subnet.zone == zone && subnet.public]
      private = [for key, subnet in local.subnets : key if subnet.zone == zone && !subnet.public]
    }
  }

  # the public subnet whose gateway each of the others goes through
  egress = {
    for key, subnet in local.subnets : key => try(
      local.by_zone[subnet.zone].public[0],
      element(keys(local.public), subnet.index),
      null,
    ) if subnet.routed && !subnet.public
  }
}

output "subnets" {
  value = local.subnets
}

output "cidrs" {
  value = { for name in keys(var.groups) : name => [for cell in local.cells : local.subnets[cell.key].cidr if cell.group == name] }
}

output "zones" {
  value = local.zones
}

output "by_zone" {
  value = local.by_zone
}

output "egress" {
  value = local.egress
}

output "hosts" {
  value = { for key, subnet in local.subnets : key => {
    first   = cidrhost(subnet.cidr, 1)
    last    = cidrhost(subnet.cidr, -2)
    netmask = cidrnetmask(subnet.cidr)
    size    = pow(2, 32 - tonumber(split("/", subnet.cidr)[1]))
  } }
}

output "pairs" {
  value = [for pair in setproduct(keys(var.groups), local.zones) : join("@", pair)]
}

output "text" {
  value = <<-EOT
    %{for key, subnet in local.subnets~}
    ${subnet.cidr} ${key}%{if subnet.public} (public)%{endif}
    %{endfor~}
  EOT
}
