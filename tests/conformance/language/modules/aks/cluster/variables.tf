variable "name" {
  type = string
}

variable "location" {
  type = string
}

variable "tier" {
  type     = string
  default  = "Standard"
  nullable = false
}

variable "pools" {
  type = any
}

variable "network" {
  type = object({
    plugin = optional(string, "none")
    mode   = optional(string)
    policy = optional(string, "cilium")
    cidrs = optional(object({
      nodes    = optional(string, "10.240.0.0/16")
      services = optional(string, "10.0.0.0/16")
      dns      = optional(string)
    }), {})
    outbound = optional(object({
      type = optional(string, "userAssignedNATGateway")
      ips  = optional(number)
      idle = optional(number, 30)
    }), { type = "none" })
  })
}

variable "identities" {
  type = map(object({
    roles     = optional(map(string), {})
    federated = optional(set(string), [])
  }))
  default = {}
}

variable "maintenance" {
  type = list(object({
    day   = string
    hours = optional(list(number), [1])
  }))
  default = []
}

variable "tags" {
  type    = map(string)
  default = {}
}
