"""The quickstart: a cluster and two apps on an embedded cloud."""
