"""Pages of another project, with js.stripe.com in them and an API version of 2020: only hosts are swapped.

The server's API base comes from its environment; the pages' Stripe.js from the test, by `page.route`.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from chromium import FLAGS, find
from playwright.sync_api import BrowserContext, Page, Route, expect

from readme_blocks import at, blocks

pytest_plugins = ("pytester",)

LOADER = Path(__file__).parents[3] / "node_modules/@stripe/stripe-js/dist/index.mjs"
SERVER = Path(__file__).parent / "another_project" / "server.py"


@pytest.fixture(scope="module")
def project_url(sandbox_url: str) -> Iterator[str]:
    settings = {"STRIPE_SECRET_KEY": "sk_test_another", "STRIPE_API_BASE": sandbox_url}
    with subprocess.Popen(
        [sys.executable, str(SERVER), "0"], stdout=subprocess.PIPE, text=True, env={**os.environ, **settings}
    ) as server:
        assert server.stdout
        yield f"http://localhost:{server.stdout.readline().strip()}"
        server.terminate()


@pytest.fixture
def visitor(browser_context: BrowserContext, sandbox_url: str) -> Iterator[Page]:
    """A page for which js.stripe.com is the sandbox; nothing may fail unseen."""
    page = browser_context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix("https://js.stripe.com")
        route.fulfill(body=httpx.get(sandbox_url + path).text, content_type="text/javascript")

    browser_context.route("https://js.stripe.com/**", serve)
    yield page
    assert problems == []


@pytest.mark.parametrize(
    ("answer", "status"), [("Authorize", "succeeded"), ("Fail", "requires_payment_method")]
)
def test_grabpay(visitor: Page, project_url: str, answer: str, status: str) -> None:
    """To the wallet's page, back to the return page, which reads the intent with its secret."""
    visitor.goto(f"{project_url}/grabpay.html")
    visitor.get_by_role("button", name="Pay with GrabPay").click()
    visitor.get_by_role("button", name=f"{answer} Test Payment", exact=True).click()
    visitor.wait_for_url(re.compile(r"/return\.html\?payment_intent=pi_\w+&payment_intent_client_secret="))
    expect(visitor.locator("#messages")).to_have_text(f"Payment {status}")


@pytest.mark.parametrize(
    ("answer", "said"), [("Authorize", "Payment succeeded"), ("Fail", re.compile("was not approved"))]
)
def test_paynow(visitor: Page, project_url: str, answer: str, said: "str | re.Pattern[str]") -> None:
    """A code in a window above the page; the promise ends when the customer has answered."""
    visitor.goto(f"{project_url}/paynow.html")
    visitor.get_by_role("button", name="Pay with PayNow").click()
    window = visitor.frame_locator('[role="dialog"][aria-label="PayNow"] iframe')
    with visitor.expect_popup() as opened:
        window.get_by_role("link", name="open the test page").click()
    opened.value.get_by_role("button", name=f"{answer} Test Payment", exact=True).click()
    expect(visitor.locator("#messages")).to_have_text(said)


@pytest.mark.parametrize("method", ["grabpay", "card"])
def test_the_payment_element(visitor: Page, project_url: str, method: str) -> None:
    """The element of an intent made before, with methods named the old way, pays by card and by wallet."""
    visitor.goto(f"{project_url}/element.html")
    form = visitor.frame_locator('iframe[title="Secure payment input frame"]')
    form.locator(f"#{method}-tab").click()
    if method == "card":
        form.get_by_placeholder("1234 1234 1234 1234").fill("4242424242424242")
        form.get_by_placeholder("MM / YY").fill("12 / 34")
        form.get_by_placeholder("CVC").fill("123")
    visitor.locator("#submit").click()
    if method == "grabpay":
        visitor.get_by_role("button", name="Authorize Test Payment", exact=True).click()
    visitor.wait_for_url("**/return.html?**redirect_status=succeeded")
    expect(visitor.locator("#messages")).to_have_text("Payment succeeded")


def test_the_tag_of_the_readme(visitor: Page, shop_url: str, sandbox_url: str) -> None:
    """What it tells to put into a page gives the page a `stripe`, and `loadStripe` takes it as it is."""
    (block,) = blocks("Your page", "html")
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url))
    visitor.goto(f"{shop_url}/plain")
    visitor.set_content(at(block.text, sandbox_url))
    loaded = visitor.evaluate(
        """async (source) => {
            const {loadStripe} = await import(`data:text/javascript,${encodeURIComponent(source)}`);
            return [stripe.version, (await loadStripe('pk_test_123')).version];
        }""",
        LOADER.read_text(),
    )
    assert loaded == ["endive", "endive"]
    assert [url for url in asked if "js.stripe.com" in url] == []


def test_the_recipe_of_the_readme(pytester: pytest.Pytester, project_url: str, sandbox_url: str) -> None:
    """Its fixture and its test, in a project whose `page` is Playwright's."""
    (block,) = blocks("Playwright and Cypress", "python")
    recipe = at(block.text, sandbox_url).replace(
        "http://localhost:4242/checkout", f"{project_url}/element.html"
    )
    pytester.makepyfile(recipe)
    pytester.makeconftest(
        f"""
        import pytest
        from playwright.sync_api import sync_playwright

        @pytest.fixture
        def page():
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path={find()!r}, args={list(FLAGS)!r})
                yield browser.new_page(locale="en-SG")
                browser.close()
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
