variable "name" {
  type = string
  validation {
    condition     = length(var.name) <= 40 && can(regex("^[a-z](?:[a-z0-9-]*[a-z0-9])?$", var.name))
    error_message = "A name has small letters, digits and dashes, and begins with a letter."
  }
}

variable "project" {
  type = string
}

variable "location" {
  type = string
}

variable "zones" {
  type = list(string)
}

variable "autopilot" {
  type    = bool
  default = false
}

variable "channel" {
  type = string
  validation {
    condition     = contains(["RAPID", "REGULAR", "STABLE", "UNSPECIFIED"], upper(var.channel))
    error_message = "There is no release channel ${var.channel}."
  }
}

variable "ranges" {
  type = object({
    nodes    = string
    pods     = optional(string)
    services = optional(string)
    control  = optional(string)
  })
}

variable "allowed" {
  type    = map(string)
  default = {}
}

variable "windows" {
  type    = list(object({ start = string, hours = number, days = set(string) }))
  default = []
}

variable "pools" {
  type    = any
  default = {}
}

variable "scopes" {
  type    = map(list(string))
  default = { all = ["cloud-platform"], gpu = ["devstorage.read_only"] }
}
