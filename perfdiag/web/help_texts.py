"""The HELP lines of the metrics that are perfdiag's own; those of a collector say what it read."""

HELP = {
    "build": "The version of perfdiag that serves this.",
    "ready": "1 when the collector ticks and its ring can be written, as /readyz says.",
    "self.cpu": "CPU seconds of perfdiag's own processes.",
    "self.resident.memory": "Resident memory of perfdiag's own processes.",
    "self.faults": "1 for each source that could not be read in the last tick, by kind.",
    "ticks": "Ticks that the collector made.",
    "ticks.missed": "Ticks that passed while the collector was late; they are never made up for.",
    "tick.lag": "Seconds by which the last tick was late.",
    "ring.size": "Size of the ring on disk, its log included.",
    "ring.waiting.ticks": "Ticks that wait in memory because the ring cannot be written.",
    "ring.lost.ticks": "Ticks that waited too long and were dropped.",
    "ring.damaged.files": "Damaged ring files that this run set aside.",
    "web.restarts": "How often the web process was started again.",
    "rules": "Host rules by whether their last evaluation had what it needs.",
    "last.run": "How the run before this one ended: clean, failed, killed, unknown or none.",
    "group.cpu": "CPU seconds of the processes of a group since the group is watched, by mode.",
    "group.runqueue.wait": "Seconds that the main threads of a group were ready and waited for a CPU.",
    "group.resident.memory": "Resident memory of the processes of a group; shared pages count in each.",
    "group.threads": "Threads of a group.",
    "group.processes": "Processes of a group.",
}
