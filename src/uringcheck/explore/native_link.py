"""Object code into memory, without LLVM: importing that takes longer than a small search.

Handles what `native_compile` makes on 64-bit Intel and AMD machines with ELF: code and constants, where every place
that has to be filled in is a whole address. Everything else is left to LLVM's own loader.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Any

from uringcheck.diagnostics.values import entity_class

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_RELOCATION = struct.Struct("<QQq")

_ELF64_LITTLE = b"\x7fELF\x02\x01\x01"
_RELOCATABLE, _X86_64 = 1, 62
_PROGBITS, _SYMTAB, _RELA, _REL = 1, 2, 4, 9
_WRITE, _ALLOC = 1, 2
_ABSOLUTE_64 = 1  # R_X86_64_64: the address of the symbol and a constant
_UNDEFINED = 0
_GLOBAL = 1

#: What code may call that is in none of the objects.
_FROM_C = ("memcpy", "memmove", "memset")


class _Other(Exception):
    """An object that is not of the plain kind."""


@entity_class
class Image:
    """Linked code in this process. Keep it alive while its functions are called."""

    memory: mmap.mmap
    addresses: dict[str, int]


@entity_class
class _Object:
    """An object file, and where its sections go."""

    data: bytes
    sections: list[tuple[int, ...]]
    places: dict[int, int] = field(default_factory=dict)  # of the sections that are needed when code runs

    def content(self, section: tuple[int, ...]) -> bytes:
        return self.data[section[4] : section[4] + section[5]]

    def symbols(self) -> list[tuple[str, bool, int, int]]:
        """Of every symbol: name, whether other objects see it, section, value."""
        for section in self.sections:
            if section[1] == _SYMTAB:
                names = self.content(self.sections[section[6]])
                return [
                    (names[name : names.index(b"\0", name)].decode(), info >> 4 == _GLOBAL, where, value)
                    for name, info, _, where, value, _ in _SYMBOL.iter_unpack(self.content(section))
                ]
        return []

    def relocations(self) -> Iterator[tuple[int, int, int]]:
        """Where in memory an address is missing, the symbol's number, and what is added."""
        for section in self.sections:
            if section[1] == _RELA and section[7] in self.places:
                for offset, info, more in _RELOCATION.iter_unpack(self.content(section)):
                    if info & 0xFFFFFFFF != _ABSOLUTE_64:
                        raise _Other
                    yield self.places[section[7]] + offset, info >> 32, more


def linked(objects: Sequence[bytes]) -> Image | None:
    """The code of objects that call each other; None where one of them needs LLVM's loader."""
    try:
        read = [_read(data) for data in objects]
        size = 0
        for one in read:
            size = _placed(one, size)
        return _filled(read, size)
    except (_Other, struct.error, OSError):
        return None


def _read(data: bytes) -> _Object:
    head = _HEADER.unpack_from(data)
    if not head[0].startswith(_ELF64_LITTLE) or head[1:3] != (_RELOCATABLE, _X86_64):
        raise _Other
    first, count = head[6], head[12]
    return _Object(data, [_SECTION.unpack_from(data, first + number * _SECTION.size) for number in range(count)])


def _placed(one: _Object, size: int) -> int:
    """Give each section its place behind what is there already."""
    for number, (_, kind, flags, _, _, length, _, _, align, _) in enumerate(one.sections):
        if not flags & _ALLOC or not length:
            continue
        if kind != _PROGBITS or flags & _WRITE:
            raise _Other
        size = -(-size // max(1, align)) * max(1, align)
        one.places[number] = size
        size += length
    if any(section[1] == _REL for section in one.sections):
        raise _Other
    return size


def _filled(objects: Sequence[_Object], size: int) -> Image:
    memory = mmap.mmap(-1, max(1, size))
    base = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    symbols = [one.symbols() for one in objects]
    addresses = {
        name: base + one.places[where] + value
        for one, known in zip(objects, symbols, strict=True)
        for name, seen, where, value in known
        if seen and where in one.places
    }
    library: Any = ctypes.CDLL(None, use_errno=True)
    for one, known in zip(objects, symbols, strict=True):
        for number, place in one.places.items():
            content = one.content(one.sections[number])
            memory[place : place + len(content)] = content
        for place, number, more in one.relocations():
            name, _, where, value = known[number]
            if where in one.places:
                address = base + one.places[where] + value
            elif where != _UNDEFINED:
                raise _Other
            elif name in addresses:
                address = addresses[name]
            elif name in _FROM_C:
                address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0
            else:
                raise _Other
            memory[place : place + 8] = ((address + more) % (1 << 64)).to_bytes(8, "little")
    _executable(library, base, len(memory))
    return Image(memory, addresses)


def _executable(library: Any, base: int, size: int) -> None:
    """From now on the memory can be run, and no longer written."""
    size = -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
    if library.mprotect(ctypes.c_void_p(base), ctypes.c_size_t(size), mmap.PROT_READ | mmap.PROT_EXEC):
        raise OSError(ctypes.get_errno(), "mprotect")
