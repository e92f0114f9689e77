output "z" {
  value = { 
    é = upper(1, "ü", 2) 
  }
}
