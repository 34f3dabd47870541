"""Lists all keys of the Redis server at the port of its argument by a pattern, again and again. Needs redis."""

import json
import sys

import redis

KEYS = 200_000
server = redis.Redis(host="127.0.0.1", port=int(sys.argv[1]))
for first in range(0, KEYS, 10_000):
    server.mset({f"visit:{number}": 1 for number in range(first, first + 10_000)})
print(json.dumps({"begun": 1}), flush=True)
while True:
    server.keys("visit:*99999?")
