# A pool of nodes, of which nearly everything may be left out.

variable "name" {
  type = string
}

variable "pool" {
  type = any
}

variable "zones" {
  type = list(string)
}

variable "scopes" {
  type = list(string)
}

variable "labels" {
  type = map(string)
}

variable "defaults" {
  type = object({
    machine_type = optional(string, "e2-medium")
    disk         = optional(object({ gb = optional(number, 100), type = optional(string, "pd-balanced") }), {})
    count        = optional(number, 1)
  })
  default  = {}
  nullable = false
}

locals {
  spot   = try(tobool(var.pool.spot), false)
  scaled = try(var.pool.autoscale, can(var.pool.max))
  scopes = distinct(concat(var.scopes, try(var.pool.oauth_scopes, [])))
  taints = [
    for taint in concat(try(var.pool.taints, []), local.spot ? [{ key = "cloud.google.com/gke-spot", value = "true" }] : []) : {
      key    = taint.key
      value  = try(taint.value, "")
      effect = lookup(taint, "effect", "NO_SCHEDULE")
    }
  ]
  settings = {
    machine     = lookup(var.pool, "machine_type", var.defaults.machine_type)
    disk        = var.defaults.disk
    count       = local.scaled ? null : try(var.pool.count, var.defaults.count)
    autoscaling = !local.scaled ? null : { min = try(var.pool.min, 0), max = try(var.pool.max, 100) }
    labels      = merge(var.labels, { node_pool = var.name }, try(var.pool.labels, {}), local.spot ? { spot = true } : null)
    scopes      = [for scope in local.scopes : startswith(scope, "https://") ? scope : "https://www.googleapis.com/auth/${scope}"]
    taints      = [for taint in local.taints : join("", [taint.key, taint.value == "" ? "" : "=${taint.value}", ":", taint.effect])]
    accelerator = try(one([for item in var.pool.accelerators : "${item.count}x${item.type}"]), null)
    metadata    = { for key, value in merge({ disable-legacy-endpoints = "true" }, try(var.pool.metadata, {})) : key => tostring(value) }
  }
}

resource "terraform_data" "pool" {
  count = length(var.zones)

  input            = merge(local.settings, { zone = var.zones[count.index], name = "${var.name}-${count.index}" })
  triggers_replace = [local.settings.machine, local.settings.disk.type]
}

output "settings" {
  value = local.settings
}

output "names" {
  value = terraform_data.pool[*].input.name
}
