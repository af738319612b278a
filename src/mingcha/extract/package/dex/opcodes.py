"""Dalvik bytecode as tables (Android "Dalvik bytecode" and "Dex instruction formats")."""

from __future__ import annotations

import numpy as np

from mingcha.extract.package.columns import CLASS, CUSTOM, FIELD, INVOKE, NEW, STRING, U8

PACKED, SPARSE, ARRAY = 0x0100, 0x0200, 0x0300  # payload pseudo-opcodes, whole first unit

_WIDE = {
    2: [0x02, 0x05, 0x08, 0x13, 0x15, 0x16, 0x19, 0x1A, 0x1C, 0x1F, 0x20, 0x22, 0x23, 0x29, 0xFE, 0xFF,
        *range(0x2D, 0x3E), *range(0x44, 0x6E), *range(0x90, 0xB0), *range(0xD0, 0xE3)],
    3: [0x03, 0x06, 0x09, 0x14, 0x17, 0x1B, 0x24, 0x25, 0x26, 0x2A, 0x2B, 0x2C, 0xFC, 0xFD,
        *range(0x6E, 0x73), *range(0x74, 0x79)],
    4: [0xFA, 0xFB],
    5: [0x18],
}  # fmt: skip


def _widths() -> U8:
    by_opcode = np.ones(256, np.uint8)
    for width, opcodes in _WIDE.items():
        by_opcode[opcodes] = width
    table = np.tile(by_opcode, 256)
    table[[PACKED, SPARSE, ARRAY]] = 0  # 0 = ask `payload_units`
    return table


def _kinds() -> U8:
    kinds = np.zeros(256, np.uint8)
    kinds[[*range(0x6E, 0x73), *range(0x74, 0x79), 0xFA, 0xFB]] = INVOKE
    kinds[[0xFC, 0xFD]] = CUSTOM
    kinds[[0x1A, 0x1B]] = STRING
    kinds[0x52:0x6E] = FIELD
    kinds[0x22] = NEW
    kinds[0x1C] = CLASS
    return kinds


WIDTH = _widths()  # [65536] width in code units by the instruction's first unit
KIND = _kinds()  # [256] kind of event by opcode

CONST_4, CONST_16, CONST, CONST_HIGH = 0x12, 0x13, 0x14, 0x15
RETURN_VOID, RETURN, MOVE_RESULT_OBJECT = 0x0E, 0x0F, 0x0C
JUMBO = 0x1B


def payload_units(first: int, units: np.ndarray[tuple[int], np.dtype[np.uint16]], at: int) -> int:
    """Width in code units of a switch or array payload at `at`; at least 1, never checked here
    against the end of the body."""
    if at + 4 > len(units):
        return 1
    size = int(units[at + 1])
    if first == PACKED:
        return 2 * size + 4
    if first == SPARSE:
        return 4 * size + 2
    count = int(units[at + 2]) | int(units[at + 3]) << 16
    return (count * size + 1) // 2 + 4
