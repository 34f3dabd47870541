"""Two threads that call and return as fast as they can: the worst case for a reader that never stops them.

Each call stands on a line of its own, so the line of a caller says which function it may be calling.
"""

import threading


def leaf(x):
    return x + 1


def other(x):
    return x - 1


def middle(x):
    x = leaf(x)
    x = other(x)
    return leaf(x)


def numbers(limit):
    for i in range(limit):
        i = leaf(i)
        yield i


def delegating(limit):
    yield from numbers(limit)


def consume(x):
    for i in delegating(3):
        x = other(i)
    return x


def work():
    x = 0
    while True:
        x = middle(x)
        x = consume(x)
        x = leaf(x)
        x = middle(x)


threading.Timer(60, __import__("os")._exit, (0,)).start()
threading.Thread(target=work, daemon=True).start()
print("ready", flush=True)
work()
