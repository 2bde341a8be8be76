"""The joining of Stripe.js from its modules, and the address that a customer returns to."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_sandbox.browser.challenge import return_address
from stripe_sandbox.browser.module_joining import join
from stripe_sandbox.browser.stripe_js import STATIC, written_for

ENTRIES = (
    "stripe/stripe.js",
    "frame/payment_form.js",
    "frame/address_form.js",
    "frame/email_form.js",
    "frame/express_form.js",
    "challenge/lightbox.js",
    "modal/qr_code.js",
    "modal/google_pay.js",
    "modal/link.js",
)
INTENT = {"object": "payment_intent", "id": "pi_1", "client_secret": "pi_1_secret_2", "status": "succeeded"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_joined_names_are_unique(entry: str) -> None:
    """Modules share one scope once joined, where a second function of a name would silently win."""
    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", join(STATIC / entry), re.MULTILINE)
    assert [name for name, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize("entry", ENTRIES)
def test_joined_script_is_valid(entry: str, tmp_path: Path) -> None:
    """Node reads the joined script without complaint."""
    script = tmp_path / "joined.cjs"
    script.write_text(written_for(join(STATIC / entry), "http://localhost:1", "endive"))
    node = Path(sys.executable).with_name("node")
    subprocess.run([node, "--check", script], check=True, timeout=60)


def test_modules_come_after_what_they_need(tmp_path: Path) -> None:
    """A module that two others import is joined once, before both."""
    (tmp_path / "base.js").write_text("export const one = 1;\n")
    (tmp_path / "left.js").write_text('import { one } from "./base.js";\nexport const two = one + one;\n')
    (tmp_path / "main.js").write_text(
        'import {\n  one,\n} from "./base.js";\nimport { two } from "./left.js";\nconsole.log(one, two);\n'
    )
    joined = join(tmp_path / "main.js")
    assert joined.count("const one") == 1
    assert joined.index("const one") < joined.index("const two") < joined.index("console.log")


@pytest.mark.parametrize("line", ["export default 1;", 'import * as x from "./y.js";', "export { a };"])
def test_other_forms_of_modules_are_refused(tmp_path: Path, line: str) -> None:
    """What the joining does not understand stops the start, not the shop."""
    (tmp_path / "main.js").write_text(f"{line}\n")
    with pytest.raises(ValueError, match="cannot join"):
        join(tmp_path / "main.js")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("succeeded", "succeeded"),
        ("requires_capture", "succeeded"),
        ("processing", "pending"),
        ("requires_payment_method", "failed"),
        ("canceled", "failed"),
    ],
)
def test_return_address_says_how_it_went(status: str, said: str) -> None:
    """The three parameters come after the shop's own, before its fragment."""
    assert return_address("https://shop.example/done?order=7#top", {**INTENT, "status": status}) == (
        "https://shop.example/done?order=7&payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2"
        f"&redirect_status={said}#top"
    )


@given(st.lists(st.tuples(st.text("abc& =%ü", min_size=1), st.text("abc& =%ü")), max_size=4))
def test_return_address_keeps_the_shops_parameters(parameters: list[tuple[str, str]]) -> None:
    """Whatever the shop had in its address is still there, in order."""
    address = return_address(f"https://shop.example/?{urlencode(parameters)}", INTENT)
    assert parse_qsl(urlsplit(address).query, keep_blank_values=True)[:-3] == parameters
