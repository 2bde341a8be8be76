"""The package's README under test: each block that can run runs, the others are at least well-formed."""

import argparse
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from readme_blocks import README, Block, at, blocks
from stripe_sandbox import options
from stripe_sandbox.process import RunningSandbox, running_sandbox
from webhook_receiver import Receiver

pytest_plugins = ("pytester",)

REPOSITORY = README.parents[1]
# No interpreter of these is needed to build or test this repository, so their settings are read, not run.
FOREIGN = {
    "go": "BackendConfig{URL:",
    "ruby": "api_base:",
    "php": "'api_base' =>",
    "java": ".setApiBase(",
    "csharp": "apiBase:",
}
WITH_BROWSER = "Playwright and Cypress"
# Where each runs: here, or with a browser in sandbox/tests/browser/test_another_project.py.
RUN = {
    ("Install", "sh"), ("Start", "sh"), ("Start", ""), ("Your server", "python"), ("Your server", "js"),
    ("Your server", "sh"), ("Your page", "html"), ("Webhooks", "python"), ("Webhooks", "sh"),
    ("pytest", "python"), ("pytest", "ini"), (WITH_BROWSER, "python"), (WITH_BROWSER, "js"), ("CI", "sh"),
    ("CI", "yaml"), ("Make it misbehave", "sh"),
}  # fmt: skip


def run(*command: str, text: str = "") -> str:
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, timeout=120, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_no_block_is_forgotten() -> None:
    """A new block needs a place in a test."""
    found = {(block.heading, block.language) for block in blocks()}
    assert found - {("Your server", language) for language in FOREIGN} == RUN


def test_what_is_installed_is_whole(tmp_path: Path) -> None:
    """`pip install ./sandbox` builds a wheel with the frames, pages, scripts and pytest's entry point."""
    (install,) = blocks("Install")
    where = REPOSITORY / shlex.split(install.text)[-1]
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=where,
        check=True,
        capture_output=True,
        timeout=120,
    )
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = set(wheel.namelist())
        points = next(name for name in packed if name.endswith("entry_points.txt"))
        assert "stripe_sandbox.pytest_plugin" in wheel.read(points).decode()
    source = where / "src"
    needed = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert needed - packed == set()


def test_it_starts_as_shown(receiver: Receiver) -> None:
    """The command as written, and the lines that it prints."""
    command, printed = blocks("Start")
    chosen = shlex.split(at(command.text, "", receiver.url))
    assert chosen[0] == "stripe-sandbox"
    with running_sandbox(*chosen[1:]) as sandbox:
        shown = at(printed.text, sandbox.address, receiver.url).splitlines()
        told = [re.sub(r"whsec_\w+", "whsec_…", line) for line in sandbox.lines]
        assert told == shown


def test_every_option_is_told() -> None:
    """The table of options is the command's."""
    table = README.read_text().partition("| option |")[2].partition("\n\n")[0]
    told = set(re.findall(r"--[a-z][a-z-]+", table))
    flags = {flag for action in options._parser()._actions for flag in action.option_strings}
    assert told == {flag for flag in flags if flag.startswith("--")} - {"--help", "--version"}


@pytest.mark.parametrize("block", [*blocks("Your server", "python"), *blocks("Webhooks", "python")])
def test_python_settings(sandbox: RunningSandbox, block: Block) -> None:
    """Each style of the SDK reaches the sandbox."""
    run(sys.executable, "-W", "error", "-c", at(block.text, sandbox.address))
    requests = sandbox.switch("GET", "requests")["requests"]
    assert [request["status"] for request in requests] == [200]


def test_node_settings(sandbox: RunningSandbox) -> None:
    """Host, port and protocol."""
    (block,) = blocks("Your server", "js")
    node = str(Path(sys.executable).with_name("node"))
    run(node, "--input-type=module", text=at(block.text, sandbox.address))
    assert sandbox.client().v1.payment_intents.list().data[0].amount == 2300


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_name_the_address(language: str) -> None:
    """Their SDK's own setting, with the address that the sandbox has by default."""
    (block,) = blocks("Your server", language)
    assert FOREIGN[language] in block.text
    assert "http://127.0.0.1:12111" in block.text


CURL = [
    line
    for part in ("Your server", "Make it misbehave")
    for block in blocks(part, "sh")
    for line in block.text.splitlines()
]


@pytest.mark.parametrize("line", CURL)
def test_curl(sandbox: RunningSandbox, line: str) -> None:
    """Each line sends what it says, and the sandbox takes it."""
    curl = argparse.ArgumentParser()
    curl.add_argument("address")
    curl.add_argument("-X", dest="method", default="POST")
    curl.add_argument("-u", dest="user", default=":")
    curl.add_argument("-d", dest="data", action="append", default=[])
    program, *words = shlex.split(at(line, sandbox.address))
    given = curl.parse_args(words)
    answer = httpx.request(
        given.method,
        given.address,
        auth=(given.user.removesuffix(":"), ""),
        content="&".join(given.data),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (program, answer.status_code) == ("curl", 200), answer.text


def test_known_webhook_secret(receiver: Receiver) -> None:
    """The secret chosen is the one that signs."""
    (block,) = blocks("Webhooks", "sh")
    chosen = shlex.split(at(block.text, "", receiver.url))
    with running_sandbox(*chosen[1:]) as sandbox:
        assert sandbox.webhook_secrets == {receiver.url: "whsec_of_your_choice"}
        sandbox.client().v1.customers.create({})
        delivery = receiver.wait_for(1)[0]
        verify = sandbox.client().construct_event
        assert verify(delivery.body, delivery.headers["Stripe-Signature"], "whsec_of_your_choice")


def test_fixtures(pytester: pytest.Pytester) -> None:
    """The tests shown pass in a project with the settings shown; the one without pytest runs too."""
    tests, alone = blocks("pytest", "python")
    (settings,) = blocks("pytest", "ini")
    pytester.makeini(settings.text)
    pytester.makepyfile(tests.text)
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=3)
    run(sys.executable, "-W", "error", "-c", alone.text)


def test_ci(receiver: Receiver) -> None:
    """`npm test` stands for any command; it finds the sandbox in its environment."""
    (block,) = blocks("CI", "sh")
    program = f"{shlex.quote(sys.executable)} -c 'import os; print(os.environ[\"STRIPE_API_BASE\"])'"
    line = at(block.text, "", receiver.url).replace("npm test", program)
    assert run(sys.executable, "-m", "stripe_sandbox", *shlex.split(line)[1:]).startswith("http://127.0.0.1:")
    (workflow,) = blocks("CI", "yaml")
    steps = re.findall(r"^- run: (.+)$", workflow.text, re.MULTILINE)
    assert steps == [blocks("Install")[0].text.strip(), block.text.strip()]


@pytest.mark.parametrize("block", blocks(WITH_BROWSER, "js"))
def test_recipes_in_javascript_are_well_formed(block: Block, tmp_path: Path) -> None:
    """Their test runners are not installed here; node reads the modules without running them."""
    recipe = tmp_path / "recipe.mjs"
    recipe.write_text(block.text)
    run(str(Path(sys.executable).with_name("node")), "--check", str(recipe))
    assert "https://js.stripe.com/**" in block.text
