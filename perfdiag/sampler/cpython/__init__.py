"""Python stacks, GIL and garbage collector of a running CPython, read without stopping it."""
