"""What the events of one container refer to, for those who look for a few members among many.

Made once per container for all detectors and dropped with them: it is as large as the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.package.columns import I32, INVOKE, Code
from mingcha.extract.package.strings import Mask

I64 = NDArray[np.int64]


class Uses:
    """Events by kind, and types by descriptor."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self._events: dict[int, tuple[I64, I32]] = {}
        named = code.types[:-1]  # the last stands for an invalid index
        self._types = {t: i for i, t in enumerate(named)}
        self._doubles = len(self._types) < len(named)

    def of(self, kind: int) -> tuple[I64, I32]:
        """(events, their operands) of one kind, in order."""
        got = self._events.get(kind)
        if got is None:
            events = np.flatnonzero(self.code.event_kind == kind)
            got = self._events[kind] = events, self.code.event_operand[events]
        return got

    def types(self, names: Iterable[str]) -> list[int]:
        """Types of these descriptors, in order of the table. A crafted file may list one several times."""
        if self._doubles:
            wanted = set(names)
            return [i for i, t in enumerate(self.code.types[:-1]) if t in wanted]
        return sorted(self._types[n] for n in names if n in self._types)

    def type_mask(self, names: Iterable[str]) -> Mask:
        """The same as a mask, one longer so that index -1 reads False."""
        mask = np.zeros(len(self.code.types), bool)
        mask[self.types(names)] = True
        return mask

    def sites(self, kind: int, wanted: Iterable[int], skip: Mask | None) -> Iterator[tuple[int, int, int]]:
        """(definition, operand, call sites) of the events of a kind (INVOKE, FIELD) whose operand is wanted,
        by definition; without the definitions that `skip` masks."""
        code = self.code
        ids = list(wanted)
        if not ids:
            return
        size = len(code.method_class) if kind == INVOKE else len(code.field_class)
        mask = np.zeros(size + 1, bool)
        mask[ids] = True
        events, operands = self.of(kind)
        at = mask[operands]
        defs, operands = code.event_def[events[at]], operands[at]
        if skip is not None:
            keep = ~skip[defs]
            defs, operands = defs[keep], operands[keep]
        pairs, counts = np.unique(defs.astype(np.int64) * (size + 1) + operands, return_counts=True)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            d, operand = divmod(pair, size + 1)
            yield d, operand, count


