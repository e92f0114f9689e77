# Clusters of Azure as their settings, from one description of an installation.

variable "environment" {
  type    = string
  default = "prod"
  validation {
    condition     = can(index(["dev", "test", "prod"], var.environment))
    error_message = "An environment is dev, test or prod."
  }
}

variable "locations" {
  type    = list(string)
  default = ["westeurope", "northeurope"]
}

variable "secrets" {
  type      = map(string)
  default   = { registry = "not-so-secret" }
  sensitive = true
}

locals {
  short = { westeurope = "weu", northeurope = "neu" }
  name  = { for index, location in var.locations : location => join("-", ["shop", var.environment, lookup(local.short, location, substr(location, 0, 3)), index + 1]) }

  pools = {
    system = { mode = "System", vm_size = "Standard_D4s_v5", zones = [1, 2, 3], taints = ["CriticalAddonsOnly=true:NoSchedule"] }
    user   = { scale = { min = 2, max = 8 }, labels = { "example.com/pool" = "user" } }
    spot   = { priority = "Spot", scale = { max = 4 }, price = 0.0875, kubelet = { cpu_manager = "static", image_gc = { high = 80 } } }
    edge   = var.environment == "prod" ? { count = 1, os = { sku = "AzureLinux", disk = { gb = 64, ephemeral = true } } } : null
  }
}

module "cluster" {
  source   = "./cluster"
  for_each = toset(var.locations)

  name     = local.name[each.key]
  location = each.value
  tier     = var.environment == "prod" && each.value == var.locations[0] ? "Premium" : null
  pools    = { for name, pool in local.pools : name => pool if pool != null && (name != "edge" || each.key != "westeurope") }

  network = {
    plugin = "azure"
    mode   = each.key == "westeurope" ? "overlay" : null
    cidrs = {
      nodes    = cidrsubnet("10.0.0.0/8", 8, index(var.locations, each.key))
      services = "172.16.0.0/16"
    }
    outbound = { type = "loadBalancer", ips = 2 }
  }

  identities = {
    kubelet                                             = {}
    secrets                                             = { roles = { vault = "Key Vault Secrets User", acr = "AcrPull" } }
    (each.value == "westeurope" ? "backup" : "restore") = { roles = { disk = "Disk Snapshot Contributor" }, federated = ["velero/velero", "velero/ui"] }
  }

  maintenance = [
    { day = "Sunday", hours = range(0, 4) },
    { day = "Wednesday", hours = [22, 23] },
  ]

  tags = merge({ Environment = upper(var.environment) }, each.key == "westeurope" ? { Primary = "yes" } : {})
}

output "names" {
  value = [for location in var.locations : module.cluster[location].name]
}

output "profiles" {
  value = { for location, cluster in module.cluster : location => cluster.profile }
}

output "pools" {
  value = { for location, cluster in module.cluster : location => cluster.pools }
}

output "roles" {
  value = distinct(flatten(values(module.cluster)[*].roles))
}

output "subjects" {
  value = zipmap(keys(module.cluster), values(module.cluster)[*].subjects)
}

output "maintenance" {
  value = module.cluster["northeurope"].maintenance
}

output "hidden" {
  value     = { for key, value in var.secrets : key => base64encode(value) }
  sensitive = true
}

output "count" {
  value = nonsensitive(length(var.secrets)) + length(module.cluster)
}
