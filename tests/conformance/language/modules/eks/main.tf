# Two clusters of one module, with pools, add-ons and access, and one that is not made.

provider "aws" {
  region = "eu-west-1"
}

variable "stage" {
  type    = string
  default = "staging"
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
    bo  = { groups = ["dev", "ops"], scopes = [{ namespaces = ["shop", "web"] }, { policy = "Edit", namespaces = ["web"] }] }
    cy  = { scopes = [{ policy = "Admin" }] }
  }
}

locals {
  subnets = [for index in range(3) : format("subnet-%08x", 4096 + index)]
  pools = {
    general = {
      size   = { min = 2, max = 6 }
      labels = { tier = "general" }
    }
    batch = {
      types  = ["m7i.large", "m6i.large"]
      spot   = true
      size   = { max = 20 }
      taints = { batch = "NoSchedule", "example.com/late" = "NoExecute=soon" }
      update = { percentage = 50 }
    }
    gpu = var.stage == "production" ? null : {
      types  = ["g6.xlarge"]
      size   = { min = 0, max = 2, start = 1 }
      disk   = 200
      taints = { "nvidia.com/gpu" = "NoSchedule" }
    }
  }
}

module "main" {
  source = "./cluster"

  name     = "shop-${var.stage}"
  version_ = "1.34"
  subnets  = local.subnets
  people   = var.people
  pools    = { for name, pool in local.pools : name => pool if pool != null }
  logs     = ["api", "audit"]
  keys     = ["arn:aws:kms:eu-west-1:123456789012:key/main"]
  public   = { cidrs = ["203.0.113.0/24", "198.51.100.7/32"] }
  addons = {
    vpc-cni    = { settings = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = 1 } }) }
    coredns    = { version = "v1.12.1-eksbuild.2", settings = jsonencode({ replicaCount = 3, tolerations = [{ operator = "Exists" }] }) }
    kube-proxy = {}
    ebs-csi    = { name = "aws-ebs-csi-driver", role = true, keep = true }
  }
  tags = { Stage = title(var.stage) }
}

module "plain" {
  source = "./cluster"

  name     = "plain"
  subnets  = slice(local.subnets, 0, 2)
  network  = { cidr = "172.20.0.0/16" }
  public   = null
  pools    = { only = { disk = 20 } }
  version_ = null
}

module "none" {
  source = "./cluster"

  create  = false
  name    = "none"
  subnets = []
  pools   = local.pools
  people  = var.people
}

output "main" {
  value = { for key in ["entries", "policies", "settings", "taints"] : key => module.main[key] }
}

output "plain" {
  value = [module.plain.entries, module.plain.settings]
}

output "none" {
  value = try(module.none.name[0], null) == null ? "none" : "some"
}

output "sizes" {
  value = { for name, pool in merge(module.main.pools, module.plain.pools) : name => join("-", [pool.size.min, pool.size.max]) }
}
