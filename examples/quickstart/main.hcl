# A network, an EKS cluster and two apps, from nothing, in one plan.
# On the embedded cloud it needs no account: make quickstart.

stack "quickstart" {
  required_version = ">= 0.1"
}

variable "region" {
  type        = string
  default     = "eu-west-1"
  description = "The AWS region."
}

variable "replicas" {
  type        = number
  default     = 2
  description = "How many replicas the shop is sized for."

  validation {
    condition     = var.replicas >= 1 && var.replicas <= 10
    error_message = "The shop runs with 1 to 10 replicas, not ${var.replicas}."
  }
}

variable "session_key" {
  type        = string
  default     = "change-me-before-you-use-this"
  sensitive   = true
  description = "Signs the shop's sessions."
}

locals {
  tags     = { project = "quickstart" }
  services = {
    frontend = { port = 8080, tier = "web" }
    catalog  = { port = 3550, tier = "backend" }
    cart     = { port = 7070, tier = "backend" }
  }
}

cluster "main" {
  provider = "aws"
  region   = var.region
  version  = "1.34"
  tags     = local.tags

  node_pool "general" {
    cpu       = 4
    memory_gb = 16
    min       = 2
    max       = 4
  }
}

# A small platform, written right here.
app "platform" {
  cluster   = cluster.main
  namespace = "platform"

  manifest "settings" {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "settings" }
    data = {
      endpoint = cluster.main.endpoint
      region   = var.region
      services = jsonencode(local.services)
      replicas = tostring(var.replicas)
    }
  }

  manifest "sessions" {
    apiVersion = "v1"
    kind       = "Secret"
    metadata   = { name = "sessions" }
    stringData = { key = var.session_key }
  }
}

# A shop of ten services and its store, in a folder of YAML.
app "shop" {
  cluster    = cluster.main
  namespace  = "shop"
  manifests  = "shop"
  depends_on = [app.platform]

  object "apps/Deployment/frontend" {
    ready { condition = "Available" }
  }
}

output "endpoint" {
  value       = cluster.main.endpoint
  description = "Where the cluster's API is."
}

output "services" {
  value = [for name, service in local.services : "${name}:${service.port}" if service.tier == "web"]
}
