"""What every reader of a recording yields: messages, connections and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(slots=True)
class Message:
    """What an app sent at once: a request, a frame of a WebSocket, a piece of a plain connection.

    t: seconds since 1970 where the recording says so, else None. `clear`: not under TLS. `where`: place in the
    exhibit. `stack`: frames of the sending code, outermost call last, where a hook recorded them."""

    where: str
    t: float | None = None
    method: str = ""
    scheme: str = ""
    host: str = ""
    port: int = 0
    target: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    clear: bool = False
    ip: str = ""
    bytes_out: int = 0
    bytes_in: int = 0
    tls: str = ""
    stack: list[str] = field(default_factory=list)

    def header(self, name: str) -> str:
        """Value of the first header of that name (lower case), empty where there is none."""
        return next((v for k, v in self.headers if k.lower() == name), "")

    def to(self, url: str) -> Message:
        """Set scheme, host, port, target and clear by an absolute URL; a wrong one leaves the host empty."""
        try:
            parts = urlsplit(url)
            self.host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        self.scheme = parts.scheme.lower()
        self.clear = self.scheme in ("http", "ws")
        self.port = port or {"http": 80, "ws": 80, "https": 443, "wss": 443}.get(self.scheme, 0)
        self.target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return self


@dataclass(slots=True)
class Connection:
    """A connection whose content was not seen, or of which only the handshake was. `opaque`: why its content was
    not seen; `tls`: version spoken, empty without TLS."""

    where: str
    t: float | None
    proto: str
    host: str = ""
    ip: str = ""
    port: int = 0
    tls: str = ""
    cipher: str = ""
    bytes_out: int = 0
    bytes_in: int = 0
    opaque: str = ""
    weak: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Trouble:
    """Something that could not be read: a code of limitations.yml."""

    code: str
    detail: str
    where: str = ""


@dataclass(slots=True)
class Begin:
    """When the recording began, where that is known before its first message."""

    t: float


Record = Begin | Message | Connection | Trouble
