resource "terraform_data" "same" { input = "s" }
resource "terraform_data" "changed" { input = { list = [1, "b"], deep = { x = "y" } } }
resource "terraform_data" "replaced" {
  for_each         = { k = 1 }
  triggers_replace = ["y"]
}
resource "terraform_data" "new" { input = [true, terraform_data.replaced["k"].id] }
output "kept" { value = [1, "x"] }
output "changed" { value = terraform_data.changed.output.deep.x }
output "fresh" { value = { a = terraform_data.new.id, b = 1 } }
