"""How the pages look and behave for everybody: small screens, large text, dark rooms, keys, no script."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from accessibility import violations
from conftest import Problems
from customer import address_form, expect_paid, payment_form, wait_for_form
from example_pages import EXAMPLES
from processes import HOST, Shop, free_port, start, wait_until_it_answers

TESTS = Path(__file__).parent.parent

REAL_PAGES = [
    "/",
    "/books/working-in-public",
    "/cart",
    "/checkout/working-in-public",
    "/shopkeeper",
    "/no-such-page",
]
EVERY_PAGE = [*REAL_PAGES, *EXAMPLES]
# In the order of the keyboard; the country is chosen by its first letters.
ADDRESS_TYPED = [
    ("name", "Ada Lovelace"),
    ("country", "Singapore"),
    ("addressLine1", "1 Raffles Place"),
    ("postalCode", "048616"),
]
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def examples(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with an order in every state, under the running shop's policy."""
    port = free_port()
    words = f"--interface asgi --factory --host {HOST} --port {port} example_shop:create_app".split()
    environment = {
        "PYTHONPATH": str(TESTS),
        "STRIPE_JS_URL": f"{shop.sandbox.url}/endive/stripe.js",
        "EXAMPLE_POLICY": httpx.get(shop.url).headers["content-security-policy"],
    }
    directory = tmp_path_factory.mktemp("examples")
    server = start("examples", "granian", *words, directory=directory, environment=environment)
    try:
        wait_until_it_answers(server, f"http://{HOST}:{port}/health")
        yield f"http://{HOST}:{port}/orders"
    finally:
        server.stop()


@pytest.fixture
def visit(shop: Shop, examples: str, problems: Problems) -> Callable[[Page, str], None]:
    """A function that shows a real page by its path, or an example order by its scene."""
    problems.expect("404.*no-such-page")

    def visit(page: Page, name: str) -> None:
        page.goto(shop.url + name if name.startswith("/") else f"{examples}/{name}")
        if name.startswith("/checkout"):
            wait_for_form(page)

    return visit


@pytest.mark.parametrize("name", EVERY_PAGE)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    new_page: Callable[..., Page], visit: Callable[[Page, str], None], name: str, scheme: str
) -> None:
    """Names, roles, contrast and structure are right on every page and state, in light and dark."""
    page = new_page(color_scheme=scheme)
    visit(page, name)
    assert violations(page) == []


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_nothing_scrolls_sideways(
    new_page: Callable[..., Page], visit: Callable[[Page, str], None], name: str
) -> None:
    """At 360 px, and with text at twice its size on a phone and on a laptop, all stays within the width."""
    page = new_page(viewport={"width": 360, "height": 740})
    visit(page, name)
    assert page.evaluate(FITS)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(FITS)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate(FITS)


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 1920])
def test_nothing_moves_while_the_payment_form_loads(
    new_page: Callable[..., Page], visit: Callable[[Page, str], None], width: int
) -> None:
    """Cumulative layout shift at checkout is 0: the form's place is kept until it is there."""
    page = new_page(viewport={"width": width, "height": 844})
    page.add_init_script("""
        window.shifts = [];
        const note = (list) => window.shifts.push(...list.getEntries().map((entry) => entry.value));
        new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
    """)
    visit(page, "/checkout/working-in-public")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("window.shifts") == []


def test_a_book_is_bought_by_keyboard_alone(page: Page, shop: Shop) -> None:
    """From the shelf to the order page without a mouse, through the payment form's frame."""
    page.goto(shop.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    _tab_until(page, "document.activeElement.textContent.startsWith('Buy')")
    page.keyboard.press("Enter")
    wait_for_form(page)
    _tab_until(page, "document.activeElement.id === 'email'")
    page.keyboard.type("keyboard@example.com")
    page.keyboard.press("Tab")
    address = address_form(page)
    for field, text in ADDRESS_TYPED:
        _tab_until_focused(page, address.locator(f"[name={field}]"))
        page.keyboard.type(text)
    form = payment_form(page)
    for field, text in [("number", "4242424242424242"), ("expiry", "1234"), ("cvc", "123")]:
        _tab_until_focused(page, form.locator(f"[name={field}]"))
        page.keyboard.type(text)
    _tab_until_focused(page, form.locator("[name=postalCode]"))
    page.keyboard.type("12345")
    _tab_until(page, "document.activeElement.id === 'pay'")
    page.keyboard.press("Enter")
    expect_paid(page)


def test_whoever_asks_for_less_motion_gets_none(
    new_page: Callable[..., Page], visit: Callable[[Page, str], None]
) -> None:
    """Neither the skeleton nor anything else is animated."""
    moving = (
        "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).animationName !== 'none'"
        " || parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
    )
    calm, lively = new_page(reduced_motion="reduce"), new_page(reduced_motion="no-preference")
    for page in (calm, lively):
        page.goto("about:blank")
        visit(page, "/")
    assert calm.evaluate(moving) == 0
    assert lively.evaluate(moving) > 0


def test_an_order_prints_as_a_receipt(page: Page, visit: Callable[[Page, str], None]) -> None:
    """On paper stand the facts and the items, not the shop's buttons."""
    visit(page, "paid")
    page.emulate_media(media="print")
    expect(page.get_by_text("Total charged")).to_be_visible()
    expect(page.get_by_text("pi_1")).to_be_visible()
    expect(page.get_by_role("link", name="Buy again")).to_be_hidden()
    expect(page.locator(".masthead")).to_be_hidden()


def test_without_javascript_all_works_up_to_the_payment_form(
    new_page: Callable[..., Page], shop: Shop
) -> None:
    """Shelf, book and checkout are there; the form says what it needs, and there is nothing dead to press."""
    page = new_page(java_script_enabled=False)
    page.goto(shop.url)
    page.get_by_role("link", name="Working in Public", exact=True).click()
    page.get_by_role("link", name="Buy now").click()
    expect(page.locator("noscript .notice")).to_be_visible()
    expect(page.locator("noscript .notice")).to_contain_text("Paying needs JavaScript")
    expect(page.get_by_role("button", name="Pay")).to_be_hidden()


def test_on_a_phone_the_receipt_folds_to_its_total(
    new_page: Callable[..., Page], visit: Callable[[Page, str], None]
) -> None:
    """One line with the total, which opens; on a wide screen the receipt always stands open."""
    page = new_page(viewport={"width": 390, "height": 844})
    visit(page, "/checkout/working-in-public")
    title = page.get_by_text("Working in Public: The Making")
    expect(title).to_be_hidden()
    page.get_by_text("Your order").first.click()
    expect(title).to_be_visible()
    page.get_by_text("Your order").first.click()
    expect(title).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(title).to_be_visible()


def test_covers_keep_their_shape_at_every_size(page: Page, shop: Shop) -> None:
    """A cover is two by three wherever it stands, and its picture has arrived."""
    for path in ["/", "/books/working-in-public"]:
        page.goto(shop.url + path)
        for cover in page.locator("img.cover").all():
            cover.scroll_into_view_if_needed()
            page.wait_for_function(
                "(image) => image.complete && image.naturalWidth > 0", arg=cover.element_handle()
            )
            box = cover.bounding_box()
            assert box is not None
            assert box["height"] / box["width"] == pytest.approx(1.5, rel=0.02)


def _tab_until(page: Page, condition: str) -> None:
    for _ in range(40):
        if page.evaluate(condition):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"40 tabs did not lead to: {condition}")


def _tab_until_focused(page: Page, field: Locator) -> None:
    for _ in range(20):
        if field.evaluate("(field) => document.activeElement === field && document.hasFocus()"):
            return
        page.keyboard.press("Tab")
    pytest.fail("20 tabs did not lead to the field")
