"""Whether a folder is a walk through screens: asked outside the child process, so only its index is looked at."""

from __future__ import annotations

import re
import stat
from pathlib import Path

INDEX = "screens.json"
SCHEMA = "mingcha.screens/1"
HEAD = 1 << 16
_SCHEMA = re.compile(rb'"schema"\s*:\s*"mingcha\.screens/1"')


def sniff(path: Path) -> bool:
    """Whether `path` is a folder with an index of our schema; links are not followed."""
    index = path / INDEX
    try:
        if not stat.S_ISREG(index.lstat().st_mode):
            return False
        with index.open("rb") as f:
            return bool(_SCHEMA.search(f.read(HEAD)))
    except OSError:
        return False
