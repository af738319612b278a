"""Call sites of invoke-custom (DEX format, "call_site_id_item", "method_handle_item",
"encoded_value"): what lambda an instruction makes.

D8 usually writes lambdas as classes; where it does not (min-api 26 without desugaring), the
method that a lambda runs is named here alone.
"""

from __future__ import annotations

import struct
from functools import cached_property

from mingcha.extract.package.columns import Lambda
from mingcha.extract.package.dex.leb import uleb

_CALL_SITES, _HANDLES = 0x0007, 0x0008
_STRING, _TYPE, _PROTO, _HANDLE = 0x17, 0x18, 0x15, 0x16
_MOST = 1 << 16  # call sites that an instruction can name
_VALUES = 16  # of one call site; LambdaMetafactory has six, altMetafactory a few more


class Sites:
    """Call sites of one file, read when first asked for. `limits`: number of methods and types."""

    def __init__(self, data: bytes, limits: tuple[int, ...]) -> None:
        self.data, self.limits = data, limits
        self._known: dict[int, Lambda | None] = {}

    def get(self, i: int) -> Lambda | None:
        """The lambda of call site `i`; None where it is something else or cannot be read."""
        if i not in self._known:
            try:
                self._known[i] = self._read(i)
            except (struct.error, IndexError, ValueError):
                self._known[i] = None
        return self._known[i]

    @cached_property
    def _sections(self) -> dict[int, tuple[int, int]]:
        """(size, offset) of the two sections that no header field names."""
        try:
            (at,) = struct.unpack_from("<I", self.data, 0x34)
            (n,) = struct.unpack_from("<I", self.data, at)
            items = (struct.unpack_from("<HHII", self.data, at + 4 + 12 * k) for k in range(min(n, 64)))
            return {kind: (min(size, _MOST), offset) for kind, _, size, offset in items}
        except struct.error:
            return {}

    def _read(self, i: int) -> Lambda | None:
        size, base = self._sections.get(_CALL_SITES, (0, 0))
        handles, handle_base = self._sections.get(_HANDLES, (0, 0))
        if not 0 <= i < size:
            return None
        (at,) = struct.unpack_from("<I", self.data, base + 4 * i)
        values = self._values(at)
        # bootstrap handle, name, type; then samMethodType, implMethod, instantiatedMethodType
        if [kind for kind, _ in values[:5]] != [_HANDLE, _STRING, _PROTO, _PROTO, _HANDLE]:
            return None
        handle = values[4][1]
        if handle >= handles:
            return None
        kind, _, member, _ = struct.unpack_from("<HHHH", self.data, handle_base + 8 * handle)
        methods, types = self.limits
        interface = self._returns(values[2][1])
        # 4 invoke-static … 8 invoke-interface; 0 to 3 are fields
        if kind < 4 or member >= methods or interface >= types:
            return None
        return Lambda(interface, self._text(values[1][1]), member, kind == 4)

    def _values(self, at: int) -> list[tuple[int, int]]:
        """(type, number) of the encoded array at `at`; only the unsigned index types are kept apart."""
        count, at = uleb(self.data, at)
        out: list[tuple[int, int]] = []
        for _ in range(min(count, _VALUES)):
            head = self.data[at]
            kind, size = head & 0x1F, (head >> 5) + 1
            if kind in (0x1C, 0x1D):
                return out
            if kind in (0x1E, 0x1F):
                size = 0
            out.append((kind, int.from_bytes(self.data[at + 1 : at + 1 + size], "little")))
            at += 1 + size
        return out

    def _returns(self, proto: int) -> int:
        size, base = struct.unpack_from("<II", self.data, 0x48)
        if proto >= size:
            raise IndexError(proto)
        return int(struct.unpack_from("<I", self.data, base + 12 * proto + 4)[0])

    def _text(self, string: int) -> bytes:
        size, base = struct.unpack_from("<II", self.data, 0x38)
        if string >= size:
            raise IndexError(string)
        (at,) = struct.unpack_from("<I", self.data, base + 4 * string)
        _, at = uleb(self.data, at)
        return self.data[at : self.data.index(0, at, at + 0x10000)]
