"""Learns vectors for the stations of a railway, and makes a checkpoint durable after every step, the careful
way: a new file, a note which one is the latest, and the directory with both."""

import os
from pathlib import Path

import torch
from lifecycle import ready, start, truth
from torch import nn

STATIONS = 120


class Trainer:
    def __init__(self, directory: Path) -> None:
        self.vectors = nn.Embedding(STATIONS, 32, sparse=True)
        self.optimiser = torch.optim.SGD(self.vectors.parameters(), lr=0.1)
        self.directory = directory

    def save_checkpoint(self, step: int) -> None:
        name = f"stations-{step % 2}.ckpt"
        with open(self.directory / name, "wb") as file:
            torch.save(self.vectors.weight.detach(), file)
            file.flush()
            with truth.span("fsync"):
                os.fsync(file.fileno())
        with open(self.directory / "latest.ckpt", "w") as note:
            note.write(name)
            note.flush()
            with truth.span("fsync"):
                os.fsync(note.fileno())
        folder = os.open(self.directory, os.O_RDONLY)
        with truth.span("fsync"):
            os.fsync(folder)
        os.close(folder)

    def fit(self) -> None:
        for step in range(1_000_000_000):
            stations = torch.arange(step, step + 16) % STATIONS
            self.optimiser.zero_grad()
            self.vectors(stations).diff(dim=0).square().sum().backward()
            self.optimiser.step()
            self.save_checkpoint(step)
            if step == 5:
                ready()


def main() -> None:
    options = start("directory")
    torch.set_num_threads(1)
    Trainer(Path(options.directory)).fit()


if __name__ == "__main__":
    main()
