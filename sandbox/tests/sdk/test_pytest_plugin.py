"""What another project's pytest finds once this package is installed."""

import os
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

pytest_plugins = ("pytester",)

ANOTHER_PROJECT = '''
import pytest
import stripe

INTENT = {"amount": 2300, "currency": "sgd"}


def test_a_purchase(stripe_sandbox):
    """The client is ready, and the fixture says where everything is."""
    intent = stripe_sandbox.client().v1.payment_intents.create(INTENT)
    assert intent.status == "requires_payment_method"
    assert stripe_sandbox.address.startswith("http://127.0.0.1:")
    assert stripe_sandbox.secret_key.startswith("sk_test_")
    assert stripe_sandbox.publishable_key.startswith("pk_test_")


def test_nothing_is_left_of_the_one_before(clean_stripe_sandbox):
    assert clean_stripe_sandbox.client().v1.payment_intents.list().data == []


def test_time_passes(clean_stripe_sandbox):
    """An hour at once; asking again for an hour adds one."""
    client = clean_stripe_sandbox.client()
    before = client.v1.payment_intents.create(INTENT).created
    clean_stripe_sandbox.advance_clock(3600)
    clean_stripe_sandbox.advance_clock(3600)
    assert 7200 <= client.v1.payment_intents.create(INTENT).created - before < 7260


def test_a_fault(clean_stripe_sandbox):
    clean_stripe_sandbox.fail_next(path="/v1/payment_intents", status=429)
    with pytest.raises(stripe.RateLimitError):
        clean_stripe_sandbox.client().v1.payment_intents.create(INTENT)
    with pytest.raises(ValueError, match="stage"):
        clean_stripe_sandbox.fail_next(stage="sometime")
'''


def test_the_fixtures_work_elsewhere(pytester: pytest.Pytester) -> None:
    """Another project's tests use the fixtures without importing or configuring anything."""
    pytester.makepyfile(ANOTHER_PROJECT)
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=4)


def test_options_come_from_settings_command_line_and_conftest(pytester: pytest.Pytester) -> None:
    """Settings choose the account, the command line the webhook; a conftest may do everything itself."""
    pytester.makeini("[pytest]\nstripe_sandbox_options = --account-country MY --account-name 'Kedai Buku'")
    pytester.makepyfile(
        """
        def test_options(stripe_sandbox):
            client = stripe_sandbox.client()
            params = {"amount": 2300, "currency": "myr", "allowed_payment_method_types": ["grabpay"]}
            assert client.v1.payment_intents.create(params).payment_method_types == ["grabpay"]
            assert stripe_sandbox.webhook_secrets["http://127.0.0.1:9/hook"].startswith("whsec_")
        """
    )
    done = pytester.runpytest_subprocess("--stripe-sandbox-webhook", "http://127.0.0.1:9/hook")
    done.assert_outcomes(passed=1)
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def stripe_sandbox_options():
            return ["--account-country", "MY", "--webhook", "http://127.0.0.1:9/hook"]
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_an_option_that_makes_no_sense_is_told(pytester: pytest.Pytester) -> None:
    """The program's own sentence stands in pytest's report."""
    pytester.makepyfile("def test_never(stripe_sandbox): pass")
    done = pytester.runpytest_subprocess("-s", "--stripe-sandbox-webhook", "nowhere")
    done.assert_outcomes(errors=1)
    done.stderr.fnmatch_lines(["*nowhere is not an address such as http*"])


def test_it_ends_with_whoever_started_it() -> None:
    """No sandbox outlives tests that were killed: its standard input closes, so it stops."""
    program = (
        "from stripe_sandbox.process import running_sandbox\n"
        "with running_sandbox() as sandbox:\n"
        "    print(sandbox.address, flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as tests:
        assert tests.stdout
        address = urlsplit(tests.stdout.readline().strip())
        place = (str(address.hostname), int(address.port or 0))
        with socket.create_connection(place) as connection:
            os.kill(tests.pid, signal.SIGKILL)
            connection.settimeout(30)
            assert connection.recv(1) == b"", "the sandbox closes what is open"
        while accepts(place):
            pass


def accepts(place: tuple[str, int]) -> bool:
    try:
        socket.create_connection(place, timeout=30).close()
    except ConnectionRefusedError:
        return False
    return True
