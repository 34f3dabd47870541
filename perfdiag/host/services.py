"""Names of services: from the program that serves, else from the port; and what a server's process says of
itself in its title.
"""

import re
from functools import lru_cache
from typing import NamedTuple

# The first name of a program's process (15 bytes at most) -> what people call the service
_PROGRAMS = {
    "postgres": "postgresql",
    "postmaster": "postgresql",
    "pgbouncer": "pgbouncer",
    "mysqld": "mysql",
    "mariadbd": "mariadb",
    "redis-server": "redis",
    "valkey-server": "valkey",
    "keydb-server": "keydb",
    "memcached": "memcached",
    "mongod": "mongodb",
    "mongos": "mongodb",
    "etcd": "etcd",
    "nats-server": "nats",
    "named": "dns",
    "dnsmasq": "dns",
    "unbound": "dns",
    "coredns": "dns",
    "systemd-resolve": "dns",
    "nginx": "nginx",
    "httpd": "apache",
    "apache2": "apache",
    "haproxy": "haproxy",
    "envoy": "envoy",
    "clickhouse-serv": "clickhouse",
    "influxd": "influxdb",
    "prometheus": "prometheus",
    "minio": "minio",
    "slapd": "ldap",
    "sshd": "ssh",
}

# Programs that say nothing about the service: interpreters and forwarders
_GENERIC = ("python", "java", "node", "ruby", "perl", "php", "beam.smp", "docker-proxy", "ssh", "kubectl")

_PORTS = {
    22: "ssh",
    25: "smtp",
    53: "dns",
    80: "http",
    88: "kerberos",
    389: "ldap",
    443: "https",
    587: "smtp",
    636: "ldaps",
    853: "dns",
    1433: "sqlserver",
    1521: "oracle",
    2049: "nfs",
    2181: "zookeeper",
    2379: "etcd",
    3306: "mysql",
    4222: "nats",
    4317: "otlp",
    4318: "otlp",
    5432: "postgresql",
    5672: "rabbitmq",
    5671: "rabbitmq",
    6379: "redis",
    6432: "pgbouncer",
    8086: "influxdb",
    8123: "clickhouse",
    8125: "statsd",
    8200: "vault",
    8500: "consul",
    9042: "cassandra",
    9090: "prometheus",
    9092: "kafka",
    9200: "elasticsearch",
    11211: "memcached",
    27017: "mongodb",
}

# 'postgres: [cluster: ]user database host activity' of the process of a client (PostgreSQL, monitoring-ps);
# the host is '[local]', or an address with the port of the client in parentheses
_CLIENT_PROCESS = re.compile(r"postgres: .*?(?:\[local\]|[\w.:%-]+\((?P<port>\d+)\)) (?P<doing>[a-zA-Z ()]+)")
_WAITS = " waiting"  # at the end: for a lock of the database


class Activity(NamedTuple):
    """What a server's process does for its client, in its own words. `waits`: for a lock of the database;
    `opened`: it is in a transaction, as far as its title tells."""

    doing: str
    waits: bool
    opened: bool


def activity_of(title: str) -> Activity | None:
    """From the title of a process; None when it is not one that serves a client and says what it does."""
    found = _CLIENT_PROCESS.fullmatch(title.strip())
    if not found:
        return None
    doing = found["doing"]
    return Activity(doing.removesuffix(_WAITS), doing.endswith(_WAITS), doing not in ("idle", "startup"))


def service_of(port: int, program: str = "") -> str:
    """'postgresql' for port 5432 or a peer called `postgres`; a program that is not known lends its own name;
    '' when neither says anything. `program` is the comm of the process at the other end, '' if unknown."""
    if program in _PROGRAMS:
        return _PROGRAMS[program]
    if program and not program.startswith(_GENERIC):
        return program
    if port in _PORTS:
        return _PORTS[port]
    return _registered().get(port, "")


@lru_cache(maxsize=1)
def _registered() -> dict[int, str]:
    """/etc/services, read as a file: getservbyport may ask a directory server that does not answer."""
    names: dict[int, str] = {}
    try:
        with open("/etc/services", encoding="ascii", errors="replace") as file:
            for line in file:
                words = line.partition("#")[0].split()
                if len(words) >= 2 and (port := words[1].partition("/")[0]).isdigit():
                    names.setdefault(int(port), words[0])
    except OSError:
        return {}
    return names
