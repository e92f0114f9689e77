# One pool of nodes.

variable "name" {
  type = string
}

variable "cluster" {
  type = string
}

variable "role" {
  type = string
}

variable "subnets" {
  type = list(string)
}

variable "pool" {
  type = object({
    types  = list(string)
    spot   = bool
    disk   = number
    labels = map(string)
    size   = object({ min = number, max = number, start = number })
    update = optional(object({ count = optional(number), percentage = optional(number) }), {})
    taints = optional(list(object({ key = string, value = optional(string), effect = string })), [])
  })

  validation {
    condition     = var.pool.size.min <= var.pool.size.max && var.pool.size.start >= var.pool.size.min
    error_message = "A pool starts with at least min nodes, and min is not above max."
  }
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "aws_eks_node_group" "this" {
  cluster_name    = var.cluster
  node_group_name = var.name
  node_role_arn   = var.role
  subnet_ids      = var.subnets
  instance_types  = var.pool.types
  capacity_type   = var.pool.spot ? "SPOT" : "ON_DEMAND"
  disk_size       = var.pool.disk
  labels          = { for key, value in var.pool.labels : lower(key) => value }

  scaling_config {
    min_size     = var.pool.size.min
    max_size     = var.pool.size.max
    desired_size = var.pool.size.start
  }

  dynamic "update_config" {
    for_each = [for update in [var.pool.update] : update if update.count != null || update.percentage != null]

    content {
      max_unavailable            = update_config.value.count
      max_unavailable_percentage = update_config.value.percentage
    }
  }

  dynamic "taint" {
    for_each = { for taint in var.pool.taints : taint.key => taint }

    content {
      key    = taint.key
      value  = taint.value.value
      effect = taint.value.effect
    }
  }

  tags = var.tags
}

output "name" {
  value = aws_eks_node_group.this.node_group_name
}
