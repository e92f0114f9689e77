resource "terraform_data" "same" { input = "s" }
resource "terraform_data" "changed" { input = { list = [1, "b"], deep = { x = "x" } } }
resource "terraform_data" "replaced" {
  for_each         = { k = 1 }
  triggers_replace = ["x"]
}
resource "terraform_data" "gone" { count = 1 }
output "kept" { value = [1, "x"] }
output "changed" { value = terraform_data.changed.output.deep.x }
output "dropped" { value = "d" }
