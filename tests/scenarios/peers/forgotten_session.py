"""Updates a row of `shows` in PostgreSQL at the port of its argument, and goes idle within the transaction for
two seconds, again and again. Needs psycopg."""

import json
import sys
import time

import psycopg

where = f"host=127.0.0.1 port={sys.argv[1]} user=postgres dbname=postgres"
with psycopg.connect(where) as connection:
    told = False
    while True:
        connection.execute("UPDATE shows SET free = free + 1 WHERE id = 7")
        if not told:
            print(json.dumps({"begun": 1}), flush=True)
            told = True
        time.sleep(2)
        connection.commit()
