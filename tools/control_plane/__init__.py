"""A real Kubernetes control plane for tests, built from Go modules into one binary outside the checkout."""
