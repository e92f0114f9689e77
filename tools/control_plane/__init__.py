"""A real Kubernetes control plane for tests, built from Go modules: one binary, kept in a cache outside the checkout."""
