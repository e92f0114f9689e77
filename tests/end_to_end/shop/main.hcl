stack "shop" {}

variable "nodes" {
  type    = number
  default = 2
}

cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  version  = "1.34"
  aws { nat = "single" }
  node_pool "general" {
    machine_type = "m7i.large"
    min          = 1
    max          = var.nodes
  }
}

app "platform" {
  cluster   = cluster.main
  namespace = "platform"
  manifests = "${path.module}/platform"
}

app "web" {
  cluster    = cluster.main
  namespace  = "web"
  manifests  = "${path.module}/web"
  depends_on = [app.platform]

  manifest "endpoint" {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "endpoint" }
    data       = { url = cluster.main.endpoint }
  }
}

output "endpoint" { value = cluster.main.endpoint }
