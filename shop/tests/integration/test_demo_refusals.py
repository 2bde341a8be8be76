"""What `bookshop demo` refuses at start: a sentence that says what to do, and nothing started."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from demo_process import Demo
from processes import HOST

KEYS = {"STRIPE_SECRET_KEY": "sk_test_0123456789abcdef", "STRIPE_PUBLISHABLE_KEY": "pk_test_0123456789abcdef"}


def test_a_second_demo_on_the_same_data_is_refused(demo: Demo, make_demo: Callable[..., Demo]) -> None:
    """One sentence, the first one goes on."""
    demo.start_and_wait()
    second = make_demo("second", DATA_DIR=str(demo.directory / "var"))
    second.start()
    assert second.wait_for_exit() == 1
    assert f"runs here already, at http://localhost:{demo.ports['PORT']}" in second.output
    assert len(second.output.splitlines()) == 1
    assert httpx.get(demo.url, timeout=30).is_success


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT", "MAILBOX_PORT", "SMTP_PORT"])
def test_a_port_in_use_is_one_sentence(demo: Demo, variable: str) -> None:
    """It names the port, who has it, and the variable that moves ours; nothing is started."""
    with socket.socket() as taken:
        taken.bind((HOST, demo.ports[variable]))
        taken.listen()
        demo.start()
        assert demo.wait_for_exit() == 1
    [sentence] = demo.output.splitlines()
    assert f"Port {demo.ports[variable]}, " in sentence
    assert f"(process {os.getpid()})" in sentence
    assert f"set {variable} to another" in sentence
    assert not (demo.directory / "var" / "postgres").exists()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (KEYS | {"STRIPE_SECRET_KEY": "sk_test_..."}, "STRIPE_SECRET_KEY is still a placeholder"),
        (KEYS | {"STRIPE_PUBLISHABLE_KEY": "pk_live_0123456789abcdef"}, "are of different modes"),
        (KEYS | {"STRIPE_PUBLISHABLE_KEY": ""}, "STRIPE_PUBLISHABLE_KEY is not set"),
        ({"PORT": "eighty"}, "PORT"),
        ({"MAILBOX_PORT": "70000"}, "MAILBOX_PORT"),
    ],
)
def test_settings_that_cannot_work_are_sentences(demo: Demo, settings: dict[str, str], words: str) -> None:
    """Refused before anything starts, without a traceback, and without repeating a key."""
    demo.start(**settings)
    assert demo.wait_for_exit() == 1
    assert words in demo.output
    assert "Traceback" not in demo.output
    assert "0123456789abcdef" not in demo.output
    assert not (demo.directory / "var").exists()


def test_the_sample_settings_are_refused_until_they_are_filled_in(demo: Demo) -> None:
    """`cp sample.env .env` alone is not a configuration."""
    sample = Path(__file__).parents[3] / "sample.env"
    (demo.directory / ".env").write_text(sample.read_text())
    demo.start()
    assert demo.wait_for_exit() == 1
    assert "STRIPE_SECRET_KEY is still a placeholder" in demo.output
    assert "STRIPE_PUBLISHABLE_KEY is still a placeholder" in demo.output
