locals {
  roles = { for role, service in { cluster = "eks", nodes = "ec2" } : role => "${service}.amazonaws.com" if var.create }
}

module "role" {
  source   = "../role"
  for_each = local.roles

  name    = "${var.name}-${each.key}"
  service = each.value
  policies = {
    cluster = ["AmazonEKSClusterPolicy"]
    nodes   = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"]
  }[each.key]
  tags = var.tags
}

resource "aws_eks_cluster" "this" {
  count = var.create ? 1 : 0

  name                          = var.name
  version                       = var.version_
  role_arn                      = module.role["cluster"].arn
  enabled_cluster_log_types     = toset(var.logs)
  bootstrap_self_managed_addons = length(var.addons) == 0

  vpc_config {
    subnet_ids              = var.subnets
    endpoint_private_access = true
    endpoint_public_access  = var.public != null
    public_access_cidrs     = try(var.public.cidrs, null)
  }

  access_config {
    authentication_mode                         = length(var.people) > 0 ? "API" : "API_AND_CONFIG_MAP"
    bootstrap_cluster_creator_admin_permissions = !anytrue(values(var.people)[*].admin)
  }

  dynamic "kubernetes_network_config" {
    for_each = length(var.network) > 0 ? [var.network] : []
    iterator = network

    content {
      service_ipv4_cidr = lookup(network.value, "cidr", null)
      ip_family         = lookup(network.value, "family", "ipv${network.key + 4}")
    }
  }

  dynamic "encryption_config" {
    for_each = chunklist(var.keys, 1)
    iterator = encryption

    content {
      resources = ["secrets"]

      dynamic "provider" {
        for_each = toset(encryption.value)
        iterator = key

        content {
          key_arn = key.value
        }
      }
    }
  }

  tags = merge(var.tags, { Name = var.name, Logs = join(":", var.logs) })
}

module "pool" {
  source   = "../pool"
  for_each = { for name, pool in local.pools : name => pool if var.create }

  name    = each.key
  cluster = one(aws_eks_cluster.this[*].name)
  role    = module.role["nodes"].arn
  subnets = var.subnets
  pool    = each.value
  tags    = merge(var.tags, { Pool = each.key })
}

resource "aws_eks_addon" "this" {
  for_each = { for key, addon in local.addons : key => addon if var.create }

  cluster_name                = aws_eks_cluster.this[0].name
  addon_name                  = each.value.name
  addon_version               = each.value.version
  configuration_values        = each.value.settings
  preserve                    = each.value.keep
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = each.value.keep == true ? "PRESERVE" : "OVERWRITE"
  tags                        = { for tag, value in merge(var.tags, { Account = each.value.account }) : tag => value if value != null }
}
