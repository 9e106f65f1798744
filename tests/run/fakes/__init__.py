"""Engines for tests, imported by worker processes: what they do is written in the claim."""
