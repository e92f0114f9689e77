resource "aws_eks_access_entry" "this" {
  for_each = { for name, entry in local.entries : name => entry if var.create }

  cluster_name      = aws_eks_cluster.this[0].name
  principal_arn     = each.value.arn
  kubernetes_groups = each.value.groups
  user_name         = contains(each.value.groups, "admins") ? "${each.key}-admin" : each.key
}

resource "aws_eks_access_policy_association" "this" {
  for_each = { for key, item in local.policies : key => item if var.create }

  cluster_name  = aws_eks_cluster.this[0].name
  principal_arn = local.entries[each.value.person].arn
  policy_arn    = each.value.policy

  access_scope {
    type       = each.value.type
    namespaces = length(each.value.namespaces) > 0 ? each.value.namespaces : null
  }

  depends_on = [aws_eks_access_entry.this]
}

resource "aws_eks_pod_identity_association" "this" {
  for_each = { for key, addon in local.addons : addon.name => addon.account if var.create && addon.account != null }

  cluster_name    = aws_eks_cluster.this[0].name
  namespace       = "kube-system"
  service_account = each.value
  role_arn        = aws_iam_role.addon[each.key].arn
  tags            = { Addon = trimprefix(each.key, "aws-") }
}

resource "aws_iam_role" "addon" {
  for_each = toset([for addon in values(local.addons) : addon.name if var.create && addon.role])

  name = "${var.name}-${each.value}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "pods.eks.amazonaws.com" }
      Action    = [for action in ["AssumeRole", "TagSession"] : "sts:${action}"]
      Condition = { StringEquals = { "aws:SourceAccount" = local.account, "aws:RequestTag/kubernetes-namespace" = ["kube-system"] } }
    }]
  })
}
