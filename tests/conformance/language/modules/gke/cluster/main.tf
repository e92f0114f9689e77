locals {
  regional = length(split("-", var.location)) == 2
  private  = var.ranges.control != null
  base     = try(split("/", var.ranges.nodes)[0], "")
  free     = cidrsubnets("100.64.0.0/10", 4, 4, 8)
  ranges = {
    nodes    = var.ranges.nodes
    pods     = coalesce(var.ranges.pods, local.free[0])
    services = coalesce(var.ranges.services, cidrsubnet(local.free[1], 6, 3))
    control  = local.private ? var.ranges.control : ""
  }

  settings = {
    name      = var.name
    location  = var.location
    locations = local.regional ? sort(var.zones) : [for zone in var.zones : zone if zone != var.location]
    channel   = upper(var.channel)
    autopilot = var.autopilot ? true : null
    private   = local.private
    identity  = var.autopilot ? null : one(["${var.project}.svc.id.goog"])
    authorized = length(var.allowed) == 0 ? [] : [{
      blocks = [for name in sort(keys(var.allowed)) : { display_name = title(name), cidr_block = lookup(var.allowed, name) }]
    }]
    windows = { for index, window in var.windows : format("w%02d", index + 1) => {
      from  = formatdate("EEE hh:mm", window.start)
      until = timeadd(window.start, "${window.hours * 60}m")
      rule  = "FREQ=WEEKLY;BYDAY=${join(",", window.days)}"
    } }
  }

  firewall = [
    for rule in concat(
      [{ name = "webhooks", ports = ["443", 8443, 9443], from = local.ranges.control }],
      [for name, cidr in var.allowed : { name = name, ports = [443], from = cidr }],
    ) : rule if rule.from != ""
  ]
}

module "pool" {
  source   = "../pool"
  for_each = var.pools

  name   = each.key
  pool   = each.value
  zones  = var.zones
  scopes = concat(var.scopes["all"], lookup(var.scopes, each.key, []))
  labels = { cluster_name = var.name, location = var.location }
}

resource "terraform_data" "cluster" {
  input = {
    settings = { for key, value in local.settings : key => value if value != null }
    network  = join("/", ["projects", var.project, "global", "networks", var.name])
    pools    = sort(keys(var.pools))
  }

  lifecycle {
    precondition {
      condition     = !var.autopilot || length(var.pools) == 0
      error_message = "An autopilot cluster has no pools of its own."
    }
  }
}

output "settings" {
  value = local.settings
}

output "ranges" {
  value = { for name, range in local.ranges : name => { cidr = range, size = try(pow(2, 32 - tonumber(split("/", range)[1])), null) } if range != "" }
}

output "pools" {
  value = { for name, pool in module.pool : name => pool.settings }
}

output "firewall" {
  value = local.firewall
}

output "policy" {
  value = jsonencode({
    bindings = [
      for role, members in {
        "roles/container.developer" = toset([for name in keys(var.allowed) : "group:${name}@example.com"])
        "roles/logging.logWriter"   = ["serviceAccount:${var.name}@${var.project}.iam.gserviceaccount.com"]
      } : { role = role, members = members, condition = role == "roles/logging.logWriter" ? null : { title = "office", expression = "request.host == \"${var.name}\"" } }
    ]
  })
}

output "made" {
  value = terraform_data.cluster.output
}
