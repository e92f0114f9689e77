"""EKS: control planes, node groups, add-ons and who may enter, as the real service tells and times them.

`service` is what the front calls; `operations` is how a resource's module says which operation it answers; `store` is
what there is. Then a resource a module: `cluster`, `cluster_updates`, `nodegroup`, `addon`, `access_entry`,
`access_policy`, `pod_identity`, `versions`, `updates`, `tags`. `control_plane` runs the Kubernetes API server behind a
cluster, `nodes` the instances behind a node group, `load_balancers` what services of type LoadBalancer create.
"""
