"""Find a Chromium for the browser tests, and get one when there is none.

`python tools/chromium.py` prints the path of a browser that starts, after installing one if it must:
Playwright's own build where its download works, else Debian's package. `CHROMIUM=/path` names another.
The tests call only `find()`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
PLAYWRIGHT_BUILDS = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
CONNECTION_MILLISECONDS = "10000"

# No sandbox of its own (tests may run as root in a container), and nothing that calls home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find() -> str | None:
    """The path of a Chromium that starts, or None."""
    return next((path for path in _candidates() if _starts(path)), None)


def main() -> None:
    path = find() or _from_playwright() or _from_debian()
    if path is None:
        sys.exit(
            "The browser tests need Chromium, and neither Playwright's download nor apt-get gave one. "
            "Install chromium or google-chrome, or set CHROMIUM to the path of one."
        )
    print(path)


def _candidates() -> Iterator[str]:
    if named := os.environ.get("CHROMIUM"):
        yield named
        return
    yield from (path for name in PROGRAMS if (path := shutil.which(name)))
    home = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or _playwright_cache())
    for pattern in PLAYWRIGHT_BUILDS:
        yield from (str(path) for path in sorted(home.glob(pattern), reverse=True))


def _playwright_cache() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"


def _starts(path: str) -> bool:
    """False for Ubuntu's placeholder of a snap, and for a build whose system libraries are missing."""
    try:
        return _quiet([path, "--version"]) == 0
    except OSError:
        return False


def _from_playwright() -> str | None:
    say("No Chromium here; trying Playwright's download.")
    environment = os.environ | {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": CONNECTION_MILLISECONDS}
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if _quiet(command, environment) != 0:
        return None
    return find()


def _from_debian() -> str | None:
    apt = shutil.which("apt-get")
    if apt is None:
        return None
    say("Installing Debian's package chromium.")
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    packages = ["--yes", "--no-install-recommends", "install", "chromium", "fonts-liberation"]
    try:
        for words in (["--quiet", "update"], ["--quiet", *packages]):
            if _quiet([*as_root, apt, *words], environment) != 0:
                return None
    except FileNotFoundError:
        return None
    return find()


def _quiet(command: list[str], environment: dict[str, str] | None = None) -> int:
    return subprocess.run(command, env=environment, check=False, capture_output=True).returncode  # noqa: S603


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
