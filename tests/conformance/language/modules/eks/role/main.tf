# A role of a service, with policies of AWS.

variable "name" {
  type = string
}

variable "service" {
  type = string
}

variable "policies" {
  type    = list(string)
  default = []
}

variable "tags" {
  type    = map(string)
  default = {}
}

locals {
  attached = { for policy in toset(var.policies) : policy => "arn:aws:iam::aws:policy/${policy}" }
}

resource "aws_iam_role" "this" {
  name                 = substr(var.name, 0, 64)
  path                 = "/clusters/"
  description          = format("For %s (%d policies).", var.service, length(local.attached))
  max_session_duration = 60 * 60
  assume_role_policy   = templatefile("${path.module}/trust.json.tftpl", { services = [var.service], actions = ["sts:AssumeRole", "sts:TagSession"] })
  tags                 = merge(var.tags, { Service = element(split(".", var.service), 0) })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attached

  role       = aws_iam_role.this.name
  policy_arn = each.value
}

output "arn" {
  value = aws_iam_role.this.arn
}

output "name" {
  value = aws_iam_role.this.name
}
