"""Factorises a matrix by gradient descent with PyTorch, and was told to use eight threads for each CPU."""

import os

import torch
from lifecycle import ready, start

RANK = 320
ROWS = 1280


def descend(wanted: torch.Tensor, left: torch.Tensor, right: torch.Tensor, off: torch.Tensor) -> None:
    """One step; `off` is room for the difference."""
    torch.mm(left, right.T, out=off)
    off.sub_(wanted)
    left.sub_(off @ right, alpha=1e-4)
    right.sub_(off.T @ left, alpha=1e-4)


def main() -> None:
    start()
    torch.set_num_threads(8 * (os.cpu_count() or 1))
    torch.manual_seed(3)
    wanted = torch.randn(ROWS, ROWS)
    left, right = torch.randn(ROWS, RANK) / 8, torch.randn(ROWS, RANK) / 8
    off = torch.empty_like(wanted)
    for _ in range(20):
        descend(wanted, left, right, off)
    ready()
    while True:
        descend(wanted, left, right, off)


if __name__ == "__main__":
    main()
