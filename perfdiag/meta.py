"""How a recording was made: what is known at its beginning, and what its end adds."""

import os
import platform
import socket
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import perfdiag
from perfdiag.host import Host
from perfdiag.inspection.source import Source
from perfdiag.model import AGAINST, Cost, Meta, Process, Role
from perfdiag.recording import Recording
from perfdiag.sampler.engines.choice import Choice
from perfdiag.units import Unit, human

_NAMED = 32  # processes that are named in the name of a program: as many as can be chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked for. `rate` in Hz, `duration` in seconds; `budget`: the share of one core that looking
    may take; `subprocesses`: what the targets have started, and will start, too; `against`: the second target
    is compared with the first; `stacks`: who reads them."""

    duration: float
    rate: float
    budget: float = 0.3
    user_code: tuple[str, ...] = ()
    subprocesses: bool = False
    against: bool = False
    stacks: Choice = field(default_factory=Choice)
    inspect: Source | None = None  # a server that is asked what it does


def opened(host: Host, processes: Sequence[Process], plan: Plan) -> Meta:
    """Of a recording that begins, of these processes."""
    pids = ",".join(str(one.pid) for one in processes)
    kind = "set" if len(processes) > 1 else "tree" if plan.subprocesses else "process"
    return Meta(
        run_id=uuid.uuid4().hex[:16],
        version=perfdiag.__version__,
        started=host.clock.wall(),
        hostname=socket.gethostname(),
        kernel=platform.release(),
        cpus=os.cpu_count() or 1,
        target=_name(processes, plan),
        duration=plan.duration,
        rate=plan.rate,
        subject=f"{kind}:{pids}",
        options=((AGAINST, pids.rpartition(",")[2]),) if plan.against else (),
    )


def closed(
    recording: Recording,
    plan: Plan,
    totals: Mapping[str, Any],
    *,
    engine: str,
    blind: Sequence[str],
    stopped: str,
    lasted: float,
    parent_cpu: float,
) -> Meta:
    """Of a recording that has ended after `lasted` seconds. `totals` are the sampler's, empty when it did
    not come to say them; `stopped`: why we ended it, '' when we did not."""
    made = len(recording.ticks.ticks)
    ended, covered = _end(recording, plan, stopped or totals.get("ended", ""), bool(totals), lasted)
    slowed = bool(totals.get("slowed", False))
    unseen = [*blind, *totals.get("blind", [])]
    if slowed:
        unseen.append(_slowed(plan, totals, made / max(covered, 1e-3)))
    if totals.get("unopened", 0):
        unseen.append(f"{totals['unopened']} threads for which no descriptor was left")
    return replace(
        recording.meta,
        target=_name(recording.processes, plan),
        engine=engine,
        ended=ended,
        # the first reason is the one that was found before the sampler met its consequence
        blind=tuple({text.partition(":")[0]: text for text in reversed(unseen)}.values())[::-1],
        cost=Cost(
            sampler_cpu=float(totals.get("cpu", 0.0)),
            parent_cpu=parent_cpu,
            planned=max(1, made, 0 if slowed else round(covered * plan.rate)),
            made=made,
            stacks=int(totals.get("stacks", 0)),
            torn=int(totals.get("torn", 0)),
            retried=int(totals.get("retried", 0)),
            budget=plan.budget,
            used=float(totals.get("used", 0.0)),
        ),
    )


def _slowed(plan: Plan, totals: Mapping[str, Any], rate: float) -> str:
    """That fewer looks were made than asked for, why, and what came of it."""
    why = f"the budget of CPU ({human(plan.budget, Unit.RATIO)} of a core"
    why += f", {human(totals['used'], Unit.RATIO)} used)"
    if totals["full"]:
        why = "the size of the recording"
    turns = totals["turns"]
    told = f"short waits: the rate was lowered from {plan.rate:.0f} to {rate:.3g} Hz to hold {why}"
    return f"{told}; threads took turns, {turns} at worst" if turns > 1 else told


def _end(recording: Recording, plan: Plan, ended: str, told: bool, lasted: float) -> tuple[str, float]:
    """Why a recording ended early, and the seconds of which it should have ticks. `told`: the sampler came to
    say why."""
    at, covered = recording.ticks.ticks["at_ns"], min(lasted, plan.duration)
    if not ended and not told:
        # nobody wanted that: what it did not see of the time asked for counts as missed
        return "the sampler ended early", plan.duration
    if ended and at:  # at the will of somebody: the time before the first look is nobody's miss
        covered = min(covered, (at[-1] - at[0]) / 1e9)
    return ended, covered


def _inside(process: Process) -> str:
    """The number by which it knows itself, where that is another: users of its container know that one."""
    return f", {process.inner_pid} in its namespace" if process.inner_pid else ""


def _name(processes: Sequence[Process], plan: Plan) -> str:
    """The program that is looked at, in words."""
    processes = [one for one in processes if one.role is not Role.PEER]
    chosen = [one for one in processes if one.role is not Role.WORKER]
    names = [f"{one.comm} (pid {one.pid}{_inside(one)})" for one in chosen]
    if len(names) > _NAMED:
        names = [*names[:_NAMED], f"{len(names) - _NAMED} more"]
    name = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    if not plan.subprocesses:
        return name
    return f"{name} and {len(processes) - len(chosen)} below {'it' if len(chosen) == 1 else 'them'}"
