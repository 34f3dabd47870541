"""Trains a small convolution on tiles of slides. Two loader workers fetch the tiles from a share that takes
90 ms to answer each; the trainer is through with a batch in a few milliseconds."""

import time

import torch
from lifecycle import ready, start, truth
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

TILES = 100_000
ANSWER_SECONDS = 0.09


class SlideTiles(Dataset[Tensor]):
    def __len__(self) -> int:
        return TILES

    def __getitem__(self, index: int) -> Tensor:
        time.sleep(ANSWER_SECONDS)
        return torch.full((3, 32, 32), float(index % 7))


def main() -> None:
    start()
    torch.set_num_threads(1)
    encoder = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(4))
    encoder(torch.zeros(1, 3, 32, 32))
    optimiser = torch.optim.AdamW(encoder.parameters())
    tiles = iter(DataLoader(SlideTiles(), batch_size=4, num_workers=2))
    for step in range(1_000_000_000):
        with truth.span("child"):
            batch = next(tiles)
        optimiser.zero_grad(set_to_none=True)
        encoder(batch).square().mean().backward()
        optimiser.step()
        if step == 1:
            ready()


if __name__ == "__main__":
    main()
