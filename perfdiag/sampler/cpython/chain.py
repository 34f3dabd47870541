"""Chains of frames: where their parts lie, and what two looks at a moving chain have in common.

A chain is flat, (code object, instruction) of each frame, leaf first.
"""

from perfdiag.sampler.cpython.layout import Layout


class Fields:
    """The layout of thread states and frames, prepared: indices of 64-bit words from the start of the
    copied part of a thread state."""

    def __init__(self, layout: Layout) -> None:
        current = layout.thread_cframe if layout.thread_cframe is not None else layout.thread_current_frame
        assert current is not None
        base = layout.thread_base_frame
        assert layout.thread_chunk is not None
        assert layout.thread_top is not None
        used = [layout.thread_id, current, layout.thread_chunk, layout.thread_top]
        used += [base] if base is not None else []
        self.start = min(used)
        self.span = max(used) + 8 - self.start
        self.tid, self.current, self.chunk, self.top, *rest = ((offset - self.start) // 8 for offset in used)
        self.base = rest[0] if rest else None  # from 3.15 on
        self.current_at = current
        self.cframe = layout.current_frame  # offset in a _PyCFrame; None from 3.13 on
        self.frame = layout.frame_struct()
        self.frame_code = layout.frame_code
        self.frame_size = layout.frame_size
        self.shim, self.root = layout.shim, layout.root


def agreed(one: list[int], other: list[int], partial: bool) -> tuple[list[int], bool]:
    """The chain whose callers stand in both copies; with `partial` at least those callers, and above them
    the frame that executed the same code object at two places. Empty when there is none; and is it partial?
    """
    shared = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        shared += 1
    shared = shared // 2 * 2
    if shared >= len(one) - 2:
        return one, False
    if shared >= len(other) - 2:
        return other, False
    if not partial:
        return [], False
    if one[-shared - 2] == other[-shared - 2]:
        shared += 2
    return one[len(one) - shared :], True
