"""Write docs/office-process.md from the table of the process."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Write the page; nothing of a real office is touched."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"MINGCHA_HOME": home, "DJANGO_SETTINGS_MODULE": "mingcha.server.conf.settings"}
        from mingcha.server.ledger.pages import process_page

        (Path(__file__).parents[1] / "docs" / "office-process.md").write_text(process_page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
