"""Scenes that exercises are set in: small worlds built on the mock cloud, and seeded measurements to read.

One module per section. Notebooks and graded cells both use them, so everything here is plain data in, plain
data out.
"""
