"""Trains a classifier of reviews: an embedding bag of 64 dimensions in PyTorch, one thread. Each review is cut
into words by regular expressions in Python when the data set is asked for it; the loader has no workers."""

import random
import re
import sys

import torch
from lifecycle import ready, start
from torch import nn
from torch.utils.data import DataLoader, Dataset

WORDS = ["excellent", "don't", "broken", "the", "and", "shipping", "5-star", "http://x.example/a?b=1", "e.g."]
URL = re.compile(r"https?://\S+")
TOKEN = re.compile(r"\w+(?:'\w+)?|[^\w\s]")
BUCKETS = 4096

Sample = tuple[torch.Tensor, int]


def tokenise(text: str) -> list[int]:
    words = TOKEN.findall(URL.sub(" <url> ", text.lower()))
    return [sum(map(ord, word)) % BUCKETS for word in words]


class Reviews(Dataset[Sample]):
    def __init__(self) -> None:
        rng = random.Random(7)
        self.texts = [" ".join(rng.choices(WORDS, k=900)) for _ in range(512)]

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, index: int) -> Sample:
        return torch.tensor(tokenise(self.texts[index])[:256]), index % 2


def collate(samples: list[Sample]) -> tuple[torch.Tensor, torch.Tensor]:
    tokens = nn.utils.rnn.pad_sequence([tokens for tokens, _ in samples], batch_first=True)
    return tokens, torch.tensor([label for _, label in samples])


def train_epoch(model: nn.Module, loader: "DataLoader[Sample]", optimiser: torch.optim.Optimizer) -> float:
    total = 0.0
    for tokens, labels in loader:
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(model(tokens), labels)
        loss.backward()
        optimiser.step()
        total += loss.item()
    return total


def main() -> None:
    start()
    torch.set_num_threads(1)
    model = nn.Sequential(nn.EmbeddingBag(BUCKETS, 64), nn.ReLU(), nn.Linear(64, 2))
    loader = DataLoader(Reviews(), batch_size=16, shuffle=True, collate_fn=collate)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    train_epoch(model, loader, optimiser)
    ready()
    while True:
        print(train_epoch(model, loader, optimiser), file=sys.stderr)


if __name__ == "__main__":
    main()
