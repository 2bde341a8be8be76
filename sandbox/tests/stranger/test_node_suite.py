"""A Node project's own suite, run by node's test runner as that project would."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from stripe_sandbox.process import RunningSandbox

SUITE = Path(__file__).with_name("shop.test.mjs")


def test_every_test_of_the_node_suite_passes(sandbox: RunningSandbox) -> None:
    """None failed, none skipped; the report is shown when one is."""
    address = urlsplit(sandbox.address)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("node")), "--test", "--test-reporter=tap", str(SUITE)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "STRIPE_HOST": str(address.hostname), "STRIPE_PORT": str(address.port)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"# pass {SUITE.read_text().count(chr(10) + 'test(')}" in done.stdout
    assert "# skipped 0" in done.stdout
