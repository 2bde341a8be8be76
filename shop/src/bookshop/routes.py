"""Every address of the shop."""

from starlette.routing import BaseRoute, Route

from bookshop.web import (
    book_pages,
    browser_events,
    cart,
    cart_checkout,
    checkout,
    giving_up,
    health,
    order_pages,
    place_order,
    preferences,
    quote_door,
    shopkeeper,
    stripe_webhook,
    templating,
)

routes: list[BaseRoute] = [
    Route("/", book_pages.home),
    Route("/books/{slug}", book_pages.book),
    Route("/covers/{slug}.svg", book_pages.cover),
    Route("/cart", cart.page, methods=["GET"]),
    Route("/cart", cart.add, methods=["POST"]),
    Route("/cart/{slug}", cart.change, methods=["POST"]),
    Route("/cart/{slug}/remove", cart.remove, methods=["POST"]),
    Route("/checkout", cart_checkout.page),
    Route("/checkout/{slug}", checkout.page),
    Route("/quotes", quote_door.quote, methods=["POST"]),
    Route("/orders", place_order.place_order, methods=["POST"]),
    Route("/orders/{token}", order_pages.order),
    Route("/orders/{token}/status", order_pages.status),
    Route("/orders/{token}/pay", order_pages.pay_again),
    Route("/orders/{token}/cancel", giving_up.cancel, methods=["POST"]),
    Route("/orders/{token}/payment", place_order.resume_payment, methods=["POST"]),
    Route("/preferences", preferences.choose, methods=["POST"]),
    Route("/stripe/webhook", stripe_webhook.receive, methods=["POST"]),
    Route("/browser-events", browser_events.receive, methods=["POST"]),
    Route("/shopkeeper", shopkeeper.page, methods=["GET"]),
    Route("/shopkeeper", shopkeeper.sign_in_or_out, methods=["POST"]),
    Route("/health/live", health.live),
    Route("/health/ready", health.ready),
    Route("/metrics", health.metrics),
    *templating.static_routes(),
]
