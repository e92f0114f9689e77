variable "name" {
  type = string
  validation {
    condition     = length(regexall("^[a-z][a-z0-9]{0,11}$", var.name)) == 1
    error_message = "The name of a pool has at most twelve small letters and digits."
  }
}

variable "subnet" {
  type = string
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "pool" {
  type = object({
    mode     = optional(string, "User")
    vm_size  = optional(string, "Standard_D2s_v5")
    count    = optional(number)
    priority = optional(string, "Regular")
    price    = optional(number, -1)
    zones    = optional(list(string), [])
    labels   = optional(map(string), {})
    taints   = optional(list(string), [])
    scale = optional(object({
      min = optional(number, 0)
      max = number
    }))
    os = optional(object({
      sku  = optional(string, "Ubuntu")
      disk = optional(object({ gb = optional(number, 128), ephemeral = optional(bool, false) }), {})
    }), {})
    kubelet = optional(object({
      cpu_manager = optional(string)
      image_gc    = optional(object({ high = optional(number, 85), low = optional(number, 80) }), {})
      sysctls     = optional(map(number), {})
    }))
  })
}

locals {
  spot = var.pool.priority == "Spot"
  settings = {
    size    = replace(var.pool.vm_size, "Standard_", "")
    nodes   = var.pool.scale != null ? "${var.pool.scale.min}-${var.pool.scale.max}" : tostring(coalesce(var.pool.count, 1))
    price   = local.spot ? var.pool.price : null
    zones   = length(var.pool.zones) > 0 ? join("", var.pool.zones) : "any"
    os      = "${var.pool.os.sku} on ${var.pool.os.disk.gb}${var.pool.os.disk.ephemeral ? " ephemeral" : ""} GB"
    taints  = distinct(concat(var.pool.taints, local.spot ? ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"] : []))
    labels  = { for key, value in merge(var.pool.labels, local.spot ? { "kubernetes.azure.com/scalesetpriority" = "spot" } : {}) : key => value }
    collect = try([var.pool.kubelet.image_gc.high, var.pool.kubelet.image_gc.low], [])
    limits  = try(merge(var.pool.kubelet.sysctls, { for key in ["vm_max_map_count"] : key => 262144 if var.pool.kubelet.cpu_manager == "static" }), {})
  }
}

resource "terraform_data" "pool" {
  input            = { name = var.name, subnet = var.subnet, settings = local.settings }
  triggers_replace = { size = local.settings.size, os = var.pool.os }
}

output "name" {
  value = var.name
}

output "settings" {
  value = merge(local.settings, { subnet = var.subnet, tags = join(" ", [for key, value in var.tags : "${key}=${value}"]) })
}
