"""The child process of a visit: `python -m mingcha.observe.browser.child FOLDER`, options as JSON on stdin."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from mingcha.observe.browser.options import Options


def main() -> int:
    """Run one visit; status 0 when it came to its end."""
    from mingcha.observe.browser.session import Session

    options = msgspec.json.decode(sys.stdin.buffer.read(), type=Options)
    Session(options, Path(sys.argv[1])).run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
