"""A page as Chromium shows it: loaded at several widths, and measured."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from waiting import HANG

OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
    "--allow-file-access-from-files",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=10000",
    "--enable-logging=stderr", "--dump-dom",
)  # fmt: skip
# The page in a frame of each width, and a script that measures what became of it.
WRAPPER = """<!DOCTYPE html><meta charset="utf-8"><body>
%s
<pre id="measures"></pre>
<script>
addEventListener("load", () => {
  const measured = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, root = page.documentElement;
    const wide = [...page.body.querySelectorAll("*")].filter(e =>
      !e.closest(".scroll, .frame, pre") && e.getBoundingClientRect().right > root.clientWidth + 1);
    return {
      width: root.clientWidth, scroll: root.scrollWidth,
      spilling: wide.map(e => e.outerHTML.slice(0, 80)),
      images: [...page.images].map(i => ({
        alt: i.alt, natural: i.naturalWidth, shown: i.getBoundingClientRect().width, source: i.src,
      })),
      requests: frame.contentWindow.performance.getEntriesByType("resource").map(e => e.name),
    };
  });
  document.getElementById("measures").textContent = JSON.stringify(measured);
});
</script>
"""


@dataclass(frozen=True)
class Look:
    """What a browser made of a page: its measures at each width, and its complaints."""

    at: dict[int, dict[str, Any]]
    complaints: list[str]


def look(browser: str, page: Path, widths: tuple[int, ...], profile: Path) -> Look:
    """Return what ``browser`` makes of ``page`` at ``widths`` [CSS pixels]."""
    frames = "\n".join(f'<iframe src="{page.name}" width="{w}" height="900" style="border:0">'
                       "</iframe>" for w in widths)  # fmt: skip
    wrapper = page.with_name("measure.html")
    wrapper.write_text(WRAPPER % frames, encoding="utf-8")
    command = [browser, *OPTIONS, f"--user-data-dir={profile}", wrapper.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG, check=True)
    found = re.search(r'<pre id="measures">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr
    assert found[1], "the page was not measured: it did not load, or was kept from the script"
    measures = dict(zip(widths, json.loads(unescape(found[1])), strict=True))
    return Look(measures, re.findall(r".*CONSOLE.*", done.stderr))
