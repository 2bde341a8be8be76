"""A worker that is asked to stop does stop."""

import subprocess
import sys

HELD = """
import threading
from bookshop.worker import leave_within
leave_within(0.2)
threading.Thread(target=threading.Event().wait).start()
"""


def test_leaves_although_a_thread_never_ends() -> None:
    """A thread that waits for ever, which Python would wait for at exit, does not keep the process."""
    left = subprocess.run(
        [sys.executable, "-c", HELD], timeout=30, capture_output=True, text=True, check=False
    )
    assert left.returncode == 0
    assert "worker left with work under way" in left.stdout + left.stderr
