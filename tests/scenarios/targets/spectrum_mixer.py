"""Learns to tell spectra apart. Before each step six threads of a pool mix and jitter the examples of the
batch, in pure Python: all of them take turns at the interpreter."""

import random
from concurrent.futures import ThreadPoolExecutor

import torch
from lifecycle import ready, start
from torch import nn

BANDS = 200
MIXERS = 6
BATCH = 96

spectra = [[((7 * band * (label + 1)) % 101) / 101 for band in range(BANDS)] for label in range(8)]


def jitter(example: int) -> list[float]:
    rng = random.Random(example)
    spectrum, shift, mixed = spectra[example % 8], rng.randrange(BANDS), []
    for _ in range(40):
        mixed = []
        for band in range(BANDS):
            left, right = spectrum[band - shift], spectrum[band - shift // 2]
            mixed.append(max(0.0, left * 0.8 + right * 0.2 + rng.uniform(-0.01, 0.01)))
    return mixed


class Spectrometer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.head = nn.Linear(BANDS, 32), nn.Linear(32, 8)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.head(torch.tanh(self.hidden(batch)))
        return scores


def main() -> None:
    start()
    torch.set_num_threads(1)
    model = Spectrometer()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    with ThreadPoolExecutor(MIXERS, thread_name_prefix="mixer") as mixers:
        for turn in range(1_000_000_000):
            examples = range(turn * BATCH, (turn + 1) * BATCH)
            batch = torch.tensor(list(mixers.map(jitter, examples)))
            loss = nn.functional.cross_entropy(model(batch), torch.tensor([one % 8 for one in examples]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if turn == 0:
                ready()


if __name__ == "__main__":
    main()
