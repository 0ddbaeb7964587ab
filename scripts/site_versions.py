"""List the versions of the documentation in a folder, for the menu of versions of the site.

The folder has a site for each version: 0.1.0/, 0.2.0/. The newest is where its index.html leads.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from packaging.version import Version


def main(folder: Path) -> None:
    built = [Version(site.parent.name) for site in folder.glob("*/objects.inv")]
    versions = [str(version) for version in sorted(built, reverse=True)]
    newest = versions[0]
    listed = [{"version": v, "url": f"/{v}/", "preferred": v == newest} for v in versions]
    (folder / "versions.json").write_text(json.dumps(listed, indent=1) + "\n")
    page = f'<!doctype html><meta http-equiv="refresh" content="0; url={newest}/index.html">'
    (folder / "index.html").write_text(f"{page}<title>crossbar {newest}</title>\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
