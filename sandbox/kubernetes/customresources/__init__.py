"""Custom resources: what a CustomResourceDefinition makes a cluster serve.

`schemas` compiles a definition's OpenAPI schemas to types, `validation` reads and checks objects by them, and
`definitions` turns a whole definition into resources. Expressions (`x-kubernetes-validations`) and conversion webhooks
are kept and not run: there is nothing to run them.
"""
