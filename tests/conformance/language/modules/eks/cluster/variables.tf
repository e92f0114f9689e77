variable "create" {
  type    = bool
  default = true
}

variable "version_" {
  type    = string
  default = "1.33"
}

variable "subnets" {
  type = list(string)
}

variable "logs" {
  type    = list(string)
  default = []
}

variable "keys" {
  type    = list(string)
  default = []
}

variable "public" {
  type    = object({ cidrs = optional(list(string), ["0.0.0.0/0"]) })
  default = {}
}

variable "network" {
  type    = map(string)
  default = {}
}

variable "tags" {
  type    = map(string)
  default = {}
}
