"""What people wrote for Stripe itself runs unchanged: their pages, their loader, their browser tests."""

import re
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page, Route, expect
from sandbox_pages import start

LOADER = Path(__file__).parents[3] / "node_modules" / "@stripe" / "stripe-js" / "dist" / "index.mjs"
PATHS = (
    "/v3",
    "/v3/",
    "/v3/stripe.js",
    *(f"/{train}/stripe.js" for train in ("acacia", "basil", "clover", "dahlia", "endive")),
)


def test_a_suite_written_for_stripe(page: Page) -> None:
    """The steps and locators are those found in many public suites for Stripe's test mode."""
    start(page)
    stripe_frame = page.frame_locator('iframe[title="Secure payment input frame"]')
    stripe_frame.locator('[placeholder="1234 1234 1234 1234"]').fill("4000002500003155")
    stripe_frame.locator('[placeholder="MM / YY"]').fill("04/30")
    stripe_frame.locator('[placeholder="CVC"]').fill("242")
    stripe_frame.locator('[name="country"]').select_option("US")
    stripe_frame.locator("#Field-postalCodeInput").fill("42424")
    page.get_by_role("button", name="Pay").click()
    challenge = page.frame_locator('iframe[name^="__privateStripeFrame"] >> nth=0')
    challenge.frame_locator("#challengeFrame").locator("#test-source-authorize-3ds").click()
    expect(page.locator("#message")).to_have_text("succeeded")


def test_found_by_walking_the_frames(page: Page) -> None:
    """Other suites look for the frame by its name, address and permission."""
    start(page)
    assert [frame for frame in page.frames if "elements-inner-payment" in frame.url] == [page.frames[-1]]
    allowed = 'iframe[allow="payment *; publickey-credentials-get *"][name^="__privateStripeFrame"]'
    expect(page.frame_locator(allowed).get_by_label("Card number")).to_be_visible()


def test_npm_loader(browser_context: BrowserContext, sandbox_url: str, shop_url: str) -> None:
    """`loadStripe` of npm's @stripe/stripe-js runs unchanged when js.stripe.com is the sandbox.

    The script comes under another host name, and reaches the sandbox all the same.
    """

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix("https://js.stripe.com")
        route.fulfill(body=httpx.get(sandbox_url + path).text, content_type="text/javascript")

    page = browser_context.new_page()
    page.route("https://js.stripe.com/**", serve)
    warnings: list[str] = []
    page.on("console", lambda message: warnings.append(message.text))
    page.goto(f"{shop_url}/plain")
    loaded: Any = page.evaluate(
        """async (source) => {
            const {loadStripe} = await import(`data:text/javascript,${encodeURIComponent(source)}`);
            const stripe = await loadStripe('pk_test_shop');
            const elements = stripe.elements({mode: 'payment', amount: 2300, currency: 'sgd'});
            const element = elements.create('payment');
            document.body.innerHTML = '<div id="here"></div>';
            element.mount('#here');
            return new Promise((done) => element.on('ready', () => done(stripe.version)));
        }""",
        LOADER.read_text(),
    )
    assert loaded == "endive"
    assert warnings == []


def test_every_path_of_the_script(sandbox_url: str) -> None:
    """Each train's script is served as JavaScript, says where the sandbox is, and is sent once."""
    with httpx.Client(base_url=sandbox_url) as browser:
        for path in PATHS:
            answer = browser.get(path)
            assert answer.status_code == 200, path
            assert answer.headers["content-type"].startswith("text/javascript")
            assert f'"{sandbox_url}"' in answer.text
            assert not re.search(r"\{\{\w+\}\}", answer.text)
            again = browser.get(path, headers={"If-None-Match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")


def test_frames_trust_nobody_else(sandbox_url: str) -> None:
    """A frame runs and loads only what the sandbox serves, and any shop may embed it."""
    for page in ("elements-inner-payment", "three-ds-2-challenge"):
        policy = httpx.get(f"{sandbox_url}/endive/{page}.html").headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors" not in policy
