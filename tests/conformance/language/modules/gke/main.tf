# Clusters of Google Cloud as their settings: regional, zonal with one pool, and autopilot.

variable "project" {
  type    = string
  default = "acme-prod-1"
}

variable "zones" {
  type    = map(list(string))
  default = { europe-west1 = ["b", "c", "d"], us-central1 = ["a", "f"] }
}

variable "clusters" {
  type = map(object({
    region    = string
    zones     = optional(list(string))
    autopilot = optional(bool, false)
    channel   = optional(string, "regular")
    network = optional(object({
      nodes    = optional(string, "10.0.0.0/20")
      pods     = optional(string)
      services = optional(string)
      control  = optional(string)
    }), {})
    allowed = optional(map(string), {})
    windows = optional(list(object({ start = string, hours = optional(number, 4), days = optional(set(string), ["SA", "SU"]) })), [])
  }))
  default = {
    main = {
      region  = "europe-west1"
      channel = "STABLE"
      network = { pods = "10.4.0.0/14", control = "172.16.0.0/28" }
      allowed = { office = "203.0.113.0/24", vpn = "198.51.100.0/28" }
      windows = [{ start = "2026-01-03T02:00:00Z" }, { start = "2026-01-07T22:30:00Z", hours = 2, days = ["WE"] }]
    }
    edge = { region = "us-central1", zones = ["us-central1-f"] }
    auto = { region = "europe-west1", autopilot = true }
  }
}

locals {
  # of as many types as there are pools
  pools = {
    main = {
      general = { machine_type = "e2-standard-4", min = 1, max = 5, labels = { tier = "web" } }
      batch   = { machine_type = "n2-highmem-8", spot = true, taints = [{ key = "batch", value = "yes" }], autoscale = true }
      gpu = {
        accelerators = [{ type = "nvidia-l4", count = 1 }]
        taints       = [{ key = "nvidia.com/gpu", value = "present", effect = "NO_EXECUTE" }, { key = "costly" }]
        oauth_scopes = ["logging", "https://www.googleapis.com/auth/pubsub"]
        metadata     = { serial = true }
      }
    }
    edge = { only = {} }
  }
}

module "cluster" {
  source   = "./cluster"
  for_each = var.clusters

  name      = each.key
  project   = var.project
  location  = length(coalesce(each.value.zones, [])) == 1 ? each.value.zones[0] : each.value.region
  zones     = coalescelist(coalesce(each.value.zones, []), formatlist("${each.value.region}-%s", var.zones[each.value.region]))
  autopilot = each.value.autopilot
  channel   = each.value.channel
  ranges    = each.value.network
  allowed   = each.value.allowed
  windows   = each.value.windows
  pools     = lookup(local.pools, each.key, {})
}

output "clusters" {
  value = { for name, cluster in module.cluster : name => cluster.settings }
}

output "pools" {
  value = merge([for name, cluster in module.cluster : { for pool, settings in cluster.pools : "${name}/${pool}" => settings }]...)
}

output "ranges" {
  value = { for name, cluster in module.cluster : name => cluster.ranges if cluster.settings.private }
}

output "locations" {
  value = transpose({ for name, cluster in module.cluster : name => cluster.settings.locations })
}

output "nodes" {
  value = {
    for name, cluster in module.cluster : name => {
      least = sum(concat([0], [for pool in values(cluster.pools) : pool.autoscaling == null ? pool.count : pool.autoscaling.min]))
      pools = length(cluster.pools)
    }
  }
}

output "policy" {
  value = module.cluster["main"].policy
}

output "firewall" {
  value = flatten([
    for name, cluster in module.cluster : [
      for rule in cluster.firewall : "${name}: ${rule.name} ${join(",", rule.ports)} from ${rule.from}"
    ]
  ])
}
