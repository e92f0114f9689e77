# What a cluster is to have, from what its caller says and from defaults. This file makes nothing, and stands alone.

variable "name" {
  type    = string
  default = "shop"
}

variable "pools" {
  description = "Pools of nodes; what is left out comes from the defaults."
  type        = any
  default = {
    general = { labels = { tier = "general" } }
    spot    = { spot = true, types = ["m7i.large"], taints = { spot = "NoSchedule" }, size = { max = 9 } }
  }
}

variable "defaults" {
  type = object({
    types  = optional(list(string), ["m7i.xlarge"])
    disk   = optional(number, 50)
    size   = optional(map(number), { min = 1, max = 3 })
    labels = optional(map(string), {})
    update = optional(object({ count = optional(number), percentage = optional(number) }), { count = 1 })
  })
  default = {}
}

variable "people" {
  type = map(object({
    groups = optional(set(string), [])
    admin  = optional(bool, false)
    scopes = optional(list(object({
      policy     = optional(string, "View")
      namespaces = optional(list(string), [])
    })), [])
  }))
  default = {
    ann = { admin = true }
    bo  = { scopes = [{ namespaces = ["shop"] }, { policy = "Edit" }] }
  }
}

variable "addons" {
  type = map(object({
    name     = optional(string)
    version  = optional(string)
    settings = optional(string)
    role     = optional(bool, false)
    keep     = optional(bool)
  }))
  default = { coredns = { settings = "{\"replicaCount\":2}" }, ebs = { name = "aws-ebs-csi-driver", role = true } }
}

locals {
  account = "123456789012"
  policy  = "arn:aws:eks::aws:cluster-access-policy/AmazonEKS%sPolicy"

  pools = {
    for name, pool in var.pools : name => {
      types  = try(coalescelist(try(pool.types, []), var.defaults.types), [])
      spot   = try(tobool(pool.spot), false)
      disk   = lookup(pool, "disk", var.defaults.disk)
      labels = merge({ pool = name }, var.defaults.labels, try(pool.labels, {}))
      update = try(pool.update, { percentage = null, count = null })
      size = {
        min   = try(pool.size.min, var.defaults.size["min"])
        max   = max(try(pool.size.max, var.defaults.size["max"]), try(pool.size.min, 0))
        start = try(pool.size.start, pool.size.min, var.defaults.size["min"])
      }
      taints = [
        for key, taint in try(pool.taints, {}) : {
          key    = key
          effect = upper(replace(split("=", taint)[0], "/([a-z])([A-Z])/", "$${1}_$${2}"))
          value  = try(split("=", taint)[1], null)
        }
      ]
    } if pool != null
  }

  entries = {
    for name, person in var.people : name => {
      arn    = "arn:aws:iam::${local.account}:user/${name}"
      groups = setunion(person.groups, person.admin ? ["admins"] : [])
    }
  }

  # one policy a person and scope, and one for each who may do all
  policies = merge(
    { for name, person in var.people : "${name}/admin" => {
      person = name, policy = format(local.policy, "ClusterAdmin"), type = "cluster", namespaces = []
    } if person.admin },
    { for item in flatten([
      for name, person in var.people : [
        for index, scope in person.scopes : {
          key        = "${name}/${index}"
          person     = name
          policy     = format(local.policy, scope.policy)
          type       = length(scope.namespaces) > 0 ? "namespace" : "cluster"
          namespaces = sort(scope.namespaces)
        }
      ]
    ]) : item.key => { for field, value in item : field => value if field != "key" } },
  )

  addons = { for key, addon in var.addons : key => merge(addon, {
    name    = coalesce(addon.name, key)
    account = addon.role ? "${replace(coalesce(addon.name, key), "aws-", "")}-sa" : null
  }) }
}

output "pools" {
  value = local.pools
}

output "entries" {
  value = { for name, entry in local.entries : name => join(",", concat([basename(entry.arn)], tolist(entry.groups))) }
}

output "policies" {
  value = { for key, item in local.policies : key => "${regex("AmazonEKS(.*)Policy", item.policy)[0]} in ${length(item.namespaces) == 0 ? "all" : join("+", item.namespaces)}" }
}

output "settings" {
  value = { for key, addon in local.addons : addon.name => keys(jsondecode(addon.settings)) if addon.settings != null }
}

output "taints" {
  value = distinct(flatten([for pool in local.pools : [for taint in pool.taints : "${taint.key}:${taint.effect}"]]))
}

output "summary" {
  value = templatefile("${path.module}/summary.tftpl", { name = var.name, pools = local.pools, people = keys(var.people) })
}
