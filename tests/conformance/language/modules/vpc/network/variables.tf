variable "create" {
  type    = bool
  default = true
}

variable "name" {
  type = string
}

variable "nat" {
  type    = string
  default = "none"

  validation {
    condition     = contains(["none", "one", "zone"], var.nat)
    error_message = "nat is none, one or zone."
  }
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "dns" {
  type = object({
    support   = optional(bool, true)
    hostnames = optional(bool, true)
  })
  default = {}
}
