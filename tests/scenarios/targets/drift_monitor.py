"""Learns on line: five times a second a few readings of a meter come in, a tiny model takes one step on them,
and now and then its weights are kept."""

import time
from pathlib import Path

import torch
from lifecycle import ready, start
from torch import nn


def readings(turn: int) -> tuple[torch.Tensor, torch.Tensor]:
    phase = torch.arange(turn, turn + 16, dtype=torch.float32).reshape(16, 1) / 10
    return torch.cat([phase.sin(), phase.cos()], dim=1), phase.sin() * 0.5


def main() -> None:
    directory = Path(start("directory").directory)
    torch.set_num_threads(1)
    model = nn.Sequential(nn.Linear(2, 16), nn.SiLU(), nn.Linear(16, 1))
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for turn in range(1_000_000):
        inputs, wanted = readings(turn)
        optimiser.zero_grad()
        nn.functional.huber_loss(model(inputs), wanted).backward()
        optimiser.step()
        if turn % 25 == 0:
            torch.save(model.state_dict(), directory / "drift.pt")
        if turn == 1:
            ready()
        time.sleep(0.2)


if __name__ == "__main__":
    main()
