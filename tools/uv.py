"""Put uv into a directory of the checkout with whatever this Python has: `python3 tools/uv.py .uv`.

A bare Debian has a Python without ensurepip, so that `python3 -m venv` fails; some have a pip all the same.
The version is that of requirements-uv.lock, hash and all.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements-uv.lock"
INSTALL = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)]


def main(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    if not (_with_ensurepip(directory) or _with_pip(directory) or _with_debian(directory)):
        shutil.rmtree(directory, ignore_errors=True)
        sys.exit(
            f"{sys.executable} can install nothing: it has neither ensurepip nor pip. "
            "Install Debian's package python3-venv, or uv itself, and run make again."
        )


def _with_ensurepip(directory: Path) -> bool:
    return _run(sys.executable, "-m", "venv", str(directory)) and _run(
        str(directory / "bin" / "python"), "-m", "pip", "install", *INSTALL
    )


def _with_pip(directory: Path) -> bool:
    shutil.rmtree(directory, ignore_errors=True)
    return _run(sys.executable, "-m", "pip", "install", "--target", str(directory), *INSTALL)


def _with_debian(directory: Path) -> bool:
    apt = shutil.which("apt-get")
    if apt is None:
        return False
    print("This Python lacks ensurepip: installing Debian's package python3-venv.", file=sys.stderr)
    as_root = [apt] if os.geteuid() == 0 else ["sudo", "-n", apt]
    _run(*as_root, "--quiet", "update")
    return _run(*as_root, "--quiet", "--yes", "install", "python3-venv") and _with_ensurepip(directory)


def _run(*command: str) -> bool:
    """Whether the command succeeded; its output is shown only when CI or a person must find out why not."""
    try:
        result = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError:
        return False
    if result.returncode != 0 and os.environ.get("VERBOSE"):
        print(result.stdout, result.stderr, file=sys.stderr)
    return result.returncode == 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
