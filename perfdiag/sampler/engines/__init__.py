"""Engines beside the sampler: other profilers that see stacks where the non-stop reader cannot.

The sampler child always records the kernel's view. An engine is a program of its own (py-spy, perf) that runs
at the same time; when both have ended its stacks are joined to the rows by time.
"""
