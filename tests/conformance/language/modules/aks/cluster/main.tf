locals {
  # the last address but the broadcast's, if nothing is said
  dns = coalesce(var.network.cidrs.dns, cidrhost(var.network.cidrs.services, 10))

  profile = {
    sku     = lower(var.tier)
    support = var.tier == "Premium" ? "AKSLongTermSupport" : "KubernetesOfficial"
    network = {
      for key, value in {
        plugin   = var.network.plugin
        mode     = var.network.mode
        policy   = var.network.policy
        services = var.network.cidrs.services
        dns      = local.dns
        outbound = var.network.outbound.ips == null ? var.network.outbound.type : format("%s/%d", var.network.outbound.type, var.network.outbound.ips)
        idle     = tostring(var.network.outbound.idle)
      } : key => value if value != null
    }
    tags = [for key in sort(keys(var.tags)) : "${key}:${var.tags[key]}"]
  }

  systems = [for name, pool in var.pools : name if try(pool.mode, "User") == "System"]
  default = one(slice(local.systems, 0, min(1, length(local.systems))))
  others  = { for name, pool in var.pools : name => pool if name != local.default }

  assignments = merge([
    for name, identity in var.identities : {
      for scope, role in identity.roles : "${name}/${scope}" => {
        identity = name
        role     = role
        scope    = format("/subscriptions/%s/%s", uuidv5("dns", "${scope}.example.com"), scope)
      }
    }
  ]...)

  federated = flatten([
    for name, identity in var.identities : [
      for subject in identity.federated : {
        name    = "${name}-${replace(subject, "/", "-")}"
        subject = "system:serviceaccount:${join(":", split("/", subject))}"
      }
    ]
  ])

  subnets = { for index, name in keys(var.pools) : name => cidrsubnet(var.network.cidrs.nodes, 4, index) }
}

module "pool" {
  source   = "../pool"
  for_each = local.others

  name   = each.key
  pool   = each.value
  subnet = local.subnets[each.key]
  tags   = var.tags
}

module "default" {
  source = "../pool"
  count  = local.default == null ? 0 : 1

  name   = local.default
  pool   = var.pools[local.default]
  subnet = local.subnets[local.default]
  tags   = merge(var.tags, { Default = true })
}

resource "terraform_data" "identity" {
  for_each = var.identities

  input = {
    name  = "${var.name}-${each.key}"
    roles = values({ for scope, role in each.value.roles : scope => upper(role) })
    count = length(each.value.federated)
  }
}

resource "terraform_data" "assignment" {
  for_each = local.assignments

  input = {
    identity = terraform_data.identity[each.value.identity].input.name
    role     = each.value.role
    scope    = each.value.scope
  }

}

output "name" {
  value = var.name
}

output "profile" {
  value = local.profile
}

output "pools" {
  value = merge(
    { for pool in module.default : pool.name => pool.settings },
    { for name, pool in module.pool : name => pool.settings },
  )
}

output "roles" {
  value = sort([for key, item in local.assignments : "${item.identity} is ${item.role} of ${basename(item.scope)}"])
}

output "subjects" {
  value = { for item in local.federated : item.name => item.subject }
}

output "maintenance" {
  value = yamldecode(yamlencode({ for item in var.maintenance : item.day => [for hour in item.hours : format("%02d:00", hour)] }))
}

output "assigned" {
  value = { for key, item in terraform_data.assignment : key => item.output.scope }
}
