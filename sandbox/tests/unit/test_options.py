"""The command's options: all of them told, mistakes answered with a sentence."""

import re

import pytest

from stripe_sandbox import options
from stripe_sandbox.versions import PINNED


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("--port web", "web is not a port"),
        ("--port 65536", "65536 is not a port"),
        ("--webhook localhost:4242/webhook", "localhost:4242/webhook is not an address such as http://"),
        ("--public-url sandbox.example", "sandbox.example is not an address"),
        ("--webhook http://127.0.0.1:1/ --webhook-secret secret", "begins with whsec_"),
        ("--webhook-secret whsec_abcdef", "there is no --webhook"),
        ("--account-country XX", "XX is not a country with Stripe accounts"),
        ("--api-version endive", f"endive is not an API version such as {PINNED}"),
        ("--prot 12111", "unrecognized arguments: --prot 12111"),
        ("--state", "--state: expected one argument"),
        ("--port 0 --", "after -- a command must follow"),
    ],
)
def test_a_mistake_is_a_sentence(given: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2 and one line that names the option, the fault and where to read on."""
    with pytest.raises(SystemExit) as ended:
        options.parse(given.split())
    line = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in line
    assert re.fullmatch(r"stripe-sandbox: .+\. See stripe-sandbox --help\.\n", line)


def test_the_help_tells_every_option_and_what_it_starts_with(capsys: pytest.CaptureFixture[str]) -> None:
    """Each option has words, each default is shown, examples and exit statuses follow."""
    with pytest.raises(SystemExit) as ended:
        options.parse(["--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert max(map(len, told.splitlines())) <= 100
    for action in options._parser()._actions:
        assert action.help, action.option_strings
        assert all(name in told for name in action.option_strings)
        if action.default not in (None, [], False, "==SUPPRESS=="):
            assert f"(default: {action.default})" in " ".join(told.split())
    assert "examples:" in told
    assert "exit status:" in told


def test_what_is_given_is_understood() -> None:
    """Countries in any case, several webhooks, an older API version."""
    given = (
        "--account-country my --webhook http://a.test/1 --webhook https://b.test/2 --api-version 2023-10-16"
    )
    chosen = options.parse([*given.split(), "--port", "0"])
    assert (chosen.account_country, chosen.port, chosen.api_version) == ("MY", 0, "2023-10-16")
    assert chosen.command == []
    assert options.parse(["--port", "0", "--", "npm", "test", "--port"]).command == ["npm", "test", "--port"]
    assert chosen.webhook == ["http://a.test/1", "https://b.test/2"]
