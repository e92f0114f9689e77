# The tags of one thing: what all have, its name, and its own.

variable "name" {
  type = string
}

variable "common" {
  type    = map(string)
  default = {}
}

variable "own" {
  type    = list(map(string))
  default = []
}

locals {
  all = merge(concat([var.common, { Name = var.name }], [for tags in var.own : tags if length(tags) > 0])...)
}

output "tags" {
  value = { for key in sort(keys(local.all)) : key => local.all[key] if local.all[key] != "" }
}

output "list" {
  value = formatlist("%s=%s", keys(local.all), values(local.all))
}
