output "name" {
  value = aws_eks_cluster.this[*].name
}

output "endpoint" {
  value = try(aws_eks_cluster.this[0].endpoint, "")
}

output "roles" {
  value = { for key, role in module.role : key => role.name }
}
