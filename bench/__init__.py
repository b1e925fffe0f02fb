"""Measures the portal against its database's floor, in one interleaved run; figures and bars are in docs/bench.md."""
