"""Benchmarks as tables: what stands in them, how they are read from a file and written to one."""
