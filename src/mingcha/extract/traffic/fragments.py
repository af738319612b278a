"""IP datagrams put together again from their fragments (RFC 791 section 3.2, RFC 8200 section 4.5).

What overlaps is dropped as a whole (RFC 5722): which of two versions the receiver took cannot be told. Everything is
bounded, because a recording may hold a million first fragments whose rest never comes.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

OPEN = 1_000  # datagrams put together at a time; the oldest gives way
PIECES = 200  # fragments of one datagram; 65,535 bytes in pieces of the smallest usual size are some 120
HELD = 8 << 20  # bytes of all of them
AGE = 60.0  # seconds after which a datagram is given up (RFC 8200)
WHOLE = 65_535  # bytes of one datagram

Key = tuple[bytes, bytes, int, int]
"""Source, destination, protocol, identification."""


@dataclass(slots=True)
class _Datagram:
    t: float
    pieces: dict[int, bytes] = field(default_factory=dict)
    size: int | None = None
    held: int = 0
    bad: bool = False


class Fragments:
    """Takes fragments in any order, gives back the datagram that one completes."""

    def __init__(self) -> None:
        self._open: OrderedDict[Key, _Datagram] = OrderedDict()
        self._held = 0
        self.lost = 0
        """Fragments of datagrams that were given up."""

    def add(self, key: Key, t: float, offset: int, more: bool, data: bytes) -> bytes | None:
        """The payload of the datagram once it is whole. `offset` in bytes; `more`: not the last fragment."""
        found = self._open.get(key)
        if found is not None and abs(t - found.t) > AGE:
            self._give_up(key)
            found = None
        if found is None:
            found = self._open[key] = _Datagram(t)
            while len(self._open) > OPEN:
                self._give_up(next(iter(self._open)))
        end = offset + len(data)
        wrong = end > WHOLE or not data or (more and len(data) % 8 != 0)
        if not more:
            wrong = wrong or found.size not in (None, end)
            found.size = end
        wrong = wrong or (found.size is not None and end > found.size)
        known = found.pieces.get(offset)
        if known is not None and len(known) == len(data):
            found.bad = found.bad or known != data  # the same fragment recorded twice is none too many
        elif wrong or known is not None or len(found.pieces) >= PIECES:
            found.bad = True
            found.pieces.setdefault(offset, b"")
        else:
            found.pieces[offset] = data
            found.held += len(data)
            self._held += len(data)
        while self._held > HELD and self._open:
            self._give_up(next(iter(self._open)))
        if found.bad or found.size is None or found.held < found.size or key not in self._open:
            return None
        return self._whole(key, found)

    def _whole(self, key: Key, found: _Datagram) -> bytes | None:
        at = 0
        for offset, piece in sorted(found.pieces.items()):
            if offset != at:  # they overlap: together they are long enough, and yet one does not follow another
                found.bad = True
                return None
            at += len(piece)
        del self._open[key]
        self._held -= found.held
        return b"".join(piece for _, piece in sorted(found.pieces.items()))

    def _give_up(self, key: Key) -> None:
        found = self._open.pop(key)
        self._held -= found.held
        self.lost += len(found.pieces)

    def finish(self) -> int:
        """Fragments that belong to no whole datagram; nothing is held any more."""
        while self._open:
            self._give_up(next(iter(self._open)))
        return self.lost
