"""pytest fixtures for whoever tests against the sandbox; pytest finds them once the package is installed.

def test_a_purchase(stripe_sandbox):
    intent = stripe_sandbox.client().v1.payment_intents.create({"amount": 2300, "currency": "sgd"})

stripe_sandbox           a `RunningSandbox` for the whole session, on a free port
clean_stripe_sandbox     the same, emptied before the test
stripe_sandbox_options   the command's options; override it in conftest.py, or set them in pytest's settings
"""

from collections.abc import Iterator

import pytest

from stripe_sandbox.process import RunningSandbox, running_sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--stripe-sandbox-webhook` and the setting `stripe_sandbox_options` say how it is started."""
    parser.getgroup("stripe-sandbox").addoption(
        "--stripe-sandbox-webhook",
        action="append",
        default=[],
        metavar="URL",
        help="let the sandbox send every event there; may be given several times",
    )
    parser.addini(
        "stripe_sandbox_options", "options of stripe-sandbox, such as --account-country MY", type="args"
    )


@pytest.fixture(scope="session")
def stripe_sandbox_options(pytestconfig: pytest.Config) -> list[str]:
    """The options that the sandbox of this session is started with."""
    webhooks = pytestconfig.getoption("stripe_sandbox_webhook")
    return [
        *pytestconfig.getini("stripe_sandbox_options"),
        *(word for url in webhooks for word in ("--webhook", url)),
    ]


@pytest.fixture(scope="session")
def stripe_sandbox(stripe_sandbox_options: list[str]) -> Iterator[RunningSandbox]:
    """One sandbox for the session; it ends with the session, also when that is killed."""
    with running_sandbox(*stripe_sandbox_options) as sandbox:
        yield sandbox


@pytest.fixture
def clean_stripe_sandbox(stripe_sandbox: RunningSandbox) -> RunningSandbox:
    """The session's sandbox without what earlier tests left in it."""
    stripe_sandbox.reset()
    return stripe_sandbox
