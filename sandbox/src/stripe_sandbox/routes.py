# ruff: noqa: E501  a table is read row by row
"""Every endpoint on one screen: method, path, what answers, which of the SDK's types checks the parameters.

`PUBLISHABLE` marks what a publishable key may call; there Stripe.js's own bookkeeping is accepted too.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from stripe_sandbox import errors, expansion, versions
from stripe_sandbox.call import Call
from stripe_sandbox.parameters import Check, Parameters, anything, boolean, object_of, text_list
from stripe_sandbox.resources import (
    account,
    authentications,
    balance,
    balance_transactions,
    charges,
    confirmation_tokens,
    customers,
    direct_charges,
    disputes,
    elements_sessions,
    event_log,
    fraud_warnings,
    mandates,
    payment_intents,
    payment_methods,
    prices,
    products,
    refunds,
    reviews,
    saved_methods,
    setup_attempts,
    setup_intents,
    webhook_endpoints,
)
from stripe_sandbox.search import search
from stripe_sandbox.store import StripeObject

PUBLISHABLE = True

# What may stand before a resource in a path, and whether its objects carry it in their name.
_NAMESPACES = {"radar": True, "test_helpers": False}


class Route:
    """One line of the table below."""

    def __init__(
        self,
        method: str,
        path: str,
        run: Callable[[Call], StripeObject],
        types: str | None,
        publishable: bool = False,  # noqa: FBT001, FBT002  reads as a word in the table
    ) -> None:
        self.method = method
        self.path = path
        self.run = run
        self.types = types
        self.publishable = publishable

    def check(self, call: Call) -> None:
        """Replace the call's raw form by checked values.

        Raises:
            StripeError: what `Parameters.check` refuses, or a parameter the API version no longer takes.
        """
        if self.types is None:
            return
        self._check_parameters(call)
        if "expand" in call.params:
            expansion.check(
                self._kind,
                call.params["expand"],
                listed=self._gives_list,
                older=call.before(versions.WITHOUT_CHARGES),
            )

    @property
    def _kind(self) -> str:
        """The object that the endpoint answers with, or lists, as its path says it."""
        _, _, *names = self.path.removesuffix("/search").removesuffix("/{}").split("/")
        spaces = [name for name in names[:1] if name in _NAMESPACES]
        by_noun = self.method == "GET" or "{}" not in names
        noun = names[-1 if by_noun else len(spaces)].removesuffix("s")
        return f"{spaces[0]}.{noun}" if spaces and _NAMESPACES[spaces[0]] else noun

    @property
    def _gives_list(self) -> bool:
        return self.method == "GET" and not self.path.endswith("{}") and self.path not in _SINGLE

    def _check_parameters(self, call: Call) -> None:
        legacy = call.before(versions.WITHOUT_PAYMENT_METHOD_TYPES)
        if self.path.startswith(("/v1/payment_intents", "/v1/setup_intents")):
            _refuse_by_version(call, legacy=legacy)
        if call.key.publishable:
            call.params = self._for_stripe_js.check(call.params)
        elif legacy:
            call.params = self._for_older_versions.check(call.params)
        else:
            call.params = self._for_servers.check(call.params)

    @cached_property
    def _for_servers(self) -> Parameters:
        return Parameters(self.types or "")

    @cached_property
    def _for_older_versions(self) -> Parameters:
        return Parameters(self.types or "", {"payment_method_types": text_list()})

    @cached_property
    def _for_stripe_js(self) -> Parameters:
        return Parameters(self.types or "", {**_STRIPE_JS, **_card_data(), **_CONFIRMED_IN_THE_PAGE})


_STRIPE_JS: dict[str, Check] = dict.fromkeys(
    (
        "key", "_stripe_version", "_stripe_account", "payment_user_agent", "referrer", "guid", "muid", "sid",
        "time_on_page", "pasted_fields", "client_attribution_metadata", "expected_payment_method_type",
        "client_context", "client_secret", "radar_options", "is_stripe_sdk", "elements_session_client",
    ),
    anything,
)  # fmt: skip
_CONFIRMED_IN_THE_PAGE: dict[str, Check] = {"use_stripe_sdk": boolean}


def _card_data() -> dict[str, Check]:
    """Card numbers arrive from the page alone, so the SDK's server types lack them."""
    return {"payment_method_data": object_of("PaymentMethodCreateParams", _STRIPE_JS)}


def _refuse_by_version(call: Call, *, legacy: bool) -> None:
    if "payment_method_types" in call.params and not legacy:
        raise errors.StripeError(
            "The payment_method_types parameter is no longer supported from API version 2026-09-30.endive on. Leave "
            "it out to use dynamic payment methods, or send allowed_payment_method_types or "
            "excluded_payment_method_types.",
            code="payment_method_types_no_longer_supported",
            param="payment_method_types",
            before_execution=True,
        )
    if "allowed_payment_method_types" in call.params and call.before(
        versions.WITH_ALLOWED_PAYMENT_METHOD_TYPES
    ):
        raise errors.unknown_parameter("allowed_payment_method_types")


# One of each, named without an id.
_SINGLE = ("/v1/account", "/v1/balance")


def _searching(kind: str) -> Callable[[Call], StripeObject]:
    return lambda call: search(call, kind)


# fmt: off
ROUTES = (
    Route("POST",   "/v1/payment_intents",               payment_intents.create,   "PaymentIntentCreateParams"),
    Route("GET",    "/v1/payment_intents",               payment_intents.list_all, "PaymentIntentListParams"),
    Route("GET",    "/v1/payment_intents/search",        _searching("payment_intent"), "PaymentIntentSearchParams"),
    Route("GET",    "/v1/payment_intents/{}",            payment_intents.retrieve, "PaymentIntentRetrieveParams", PUBLISHABLE),
    Route("POST",   "/v1/payment_intents/{}",            payment_intents.update,   "PaymentIntentUpdateParams"),
    Route("POST",   "/v1/payment_intents/{}/confirm",    payment_intents.confirm,  "PaymentIntentConfirmParams", PUBLISHABLE),
    Route("POST",   "/v1/payment_intents/{}/capture",    payment_intents.capture,  "PaymentIntentCaptureParams"),
    Route("POST",   "/v1/payment_intents/{}/cancel",     payment_intents.cancel,   "PaymentIntentCancelParams"),

    Route("POST",   "/v1/payment_methods",               payment_methods.create,   "PaymentMethodCreateParams", PUBLISHABLE),
    Route("GET",    "/v1/payment_methods",               saved_methods.list_all,   "PaymentMethodListParams"),
    Route("GET",    "/v1/payment_methods/{}",            payment_methods.retrieve, "PaymentMethodRetrieveParams"),
    Route("POST",   "/v1/payment_methods/{}",            payment_methods.update,   "PaymentMethodUpdateParams"),
    Route("POST",   "/v1/payment_methods/{}/attach",     payment_methods.attach,   "PaymentMethodAttachParams"),
    Route("POST",   "/v1/payment_methods/{}/detach",     payment_methods.detach,   "PaymentMethodDetachParams"),

    Route("POST",   "/v1/confirmation_tokens",           confirmation_tokens.create,   "ConfirmationTokenCreateParams", PUBLISHABLE),
    Route("GET",    "/v1/confirmation_tokens/{}",        confirmation_tokens.retrieve, "ConfirmationTokenRetrieveParams"),
    Route("POST",   "/v1/test_helpers/confirmation_tokens", confirmation_tokens.create_in_test, "ConfirmationTokenCreateParams"),

    Route("POST",   "/v1/charges",                       direct_charges.create,    "ChargeCreateParams"),
    Route("POST",   "/v1/charges/{}/capture",            direct_charges.capture,   "ChargeCaptureParams"),
    Route("GET",    "/v1/charges",                       charges.list_all,         "ChargeListParams"),
    Route("GET",    "/v1/charges/search",                _searching("charge"), "ChargeSearchParams"),
    Route("GET",    "/v1/charges/{}",                    charges.retrieve,         "ChargeRetrieveParams"),
    Route("POST",   "/v1/charges/{}",                    charges.update,           "ChargeUpdateParams"),

    Route("POST",   "/v1/refunds",                       refunds.create,           "RefundCreateParams"),
    Route("GET",    "/v1/refunds",                       refunds.list_all,         "RefundListParams"),
    Route("GET",    "/v1/refunds/{}",                    refunds.retrieve,         "RefundRetrieveParams"),
    Route("POST",   "/v1/refunds/{}",                    refunds.update,           "RefundUpdateParams"),
    Route("POST",   "/v1/refunds/{}/cancel",             refunds.cancel,           "RefundCancelParams"),
    Route("POST",   "/v1/test_helpers/refunds/{}/expire", refunds.expire,          "RefundExpireParams"),

    Route("GET",    "/v1/disputes",                      disputes.list_all,        "DisputeListParams"),
    Route("GET",    "/v1/disputes/{}",                   disputes.retrieve,        "DisputeRetrieveParams"),
    Route("POST",   "/v1/disputes/{}",                   disputes.update,          "DisputeUpdateParams"),
    Route("POST",   "/v1/disputes/{}/close",             disputes.close,           "DisputeCloseParams"),

    Route("GET",    "/v1/reviews",                       reviews.list_all,         "ReviewListParams"),
    Route("GET",    "/v1/reviews/{}",                    reviews.retrieve,         "ReviewRetrieveParams"),
    Route("POST",   "/v1/reviews/{}/approve",            reviews.approve,          "ReviewApproveParams"),
    Route("GET",    "/v1/radar/early_fraud_warnings",    fraud_warnings.list_all,  "radar.EarlyFraudWarningListParams"),
    Route("GET",    "/v1/radar/early_fraud_warnings/{}", fraud_warnings.retrieve,  "radar.EarlyFraudWarningRetrieveParams"),

    Route("POST",   "/v1/customers",                     customers.create,         "CustomerCreateParams"),
    Route("GET",    "/v1/customers",                     customers.list_all,       "CustomerListParams"),
    Route("GET",    "/v1/customers/search",              _searching("customer"), "CustomerSearchParams"),
    Route("GET",    "/v1/customers/{}",                  customers.retrieve,       "CustomerRetrieveParams"),
    Route("POST",   "/v1/customers/{}",                  customers.update,         "CustomerUpdateParams"),
    Route("DELETE", "/v1/customers/{}",                  customers.delete,         "CustomerDeleteParams"),
    Route("GET",    "/v1/customers/{}/payment_methods",  saved_methods.list_of,    "CustomerPaymentMethodListParams"),

    Route("GET",    "/v1/customers/{}/payment_methods/{}", saved_methods.retrieve_of, "CustomerPaymentMethodRetrieveParams"),

    Route("POST",   "/v1/setup_intents",                 setup_intents.create,     "SetupIntentCreateParams"),
    Route("GET",    "/v1/setup_intents",                 setup_intents.list_all,   "SetupIntentListParams"),
    Route("GET",    "/v1/setup_intents/{}",              setup_intents.retrieve,   "SetupIntentRetrieveParams", PUBLISHABLE),
    Route("POST",   "/v1/setup_intents/{}",              setup_intents.update,     "SetupIntentUpdateParams"),
    Route("POST",   "/v1/setup_intents/{}/confirm",      setup_intents.confirm,    "SetupIntentConfirmParams", PUBLISHABLE),
    Route("POST",   "/v1/setup_intents/{}/cancel",       setup_intents.cancel,     "SetupIntentCancelParams"),
    Route("GET",    "/v1/setup_attempts",                setup_attempts.list_all,  "SetupAttemptListParams"),

    Route("GET",    "/v1/mandates/{}",                   mandates.retrieve,        "MandateRetrieveParams"),

    Route("GET",    "/v1/events",                        event_log.list_all,       "EventListParams"),
    Route("GET",    "/v1/events/{}",                     event_log.retrieve,       "EventRetrieveParams"),

    Route("POST",   "/v1/webhook_endpoints",             webhook_endpoints.create,   "WebhookEndpointCreateParams"),
    Route("GET",    "/v1/webhook_endpoints",             webhook_endpoints.list_all, "WebhookEndpointListParams"),
    Route("GET",    "/v1/webhook_endpoints/{}",          webhook_endpoints.retrieve, "WebhookEndpointRetrieveParams"),
    Route("POST",   "/v1/webhook_endpoints/{}",          webhook_endpoints.update,   "WebhookEndpointUpdateParams"),
    Route("DELETE", "/v1/webhook_endpoints/{}",          webhook_endpoints.delete,   "WebhookEndpointDeleteParams"),

    Route("GET",    "/v1/balance_transactions",          balance_transactions.list_all, "BalanceTransactionListParams"),
    Route("GET",    "/v1/balance_transactions/{}",       balance_transactions.retrieve, "BalanceTransactionRetrieveParams"),

    Route("GET",    "/v1/balance",                       balance.retrieve,         "BalanceRetrieveParams"),
    Route("GET",    "/v1/account",                       account.retrieve,         "AccountRetrieveCurrentParams"),
    Route("GET",    "/v1/accounts/{}",                   account.retrieve,         "AccountRetrieveParams"),

    Route("POST",   "/v1/products",                      products.create,          "ProductCreateParams"),
    Route("GET",    "/v1/products",                      products.list_all,        "ProductListParams"),
    Route("GET",    "/v1/products/search",               _searching("product"),    "ProductSearchParams"),
    Route("GET",    "/v1/products/{}",                   products.retrieve,        "ProductRetrieveParams"),
    Route("POST",   "/v1/products/{}",                   products.update,          "ProductUpdateParams"),
    Route("DELETE", "/v1/products/{}",                   products.delete,          "ProductDeleteParams"),
    Route("POST",   "/v1/prices",                        prices.create,            "PriceCreateParams"),
    Route("GET",    "/v1/prices",                        prices.list_all,          "PriceListParams"),
    Route("GET",    "/v1/prices/search",                 _searching("price"),      "PriceSearchParams"),
    Route("GET",    "/v1/prices/{}",                     prices.retrieve,          "PriceRetrieveParams"),
    Route("POST",   "/v1/prices/{}",                     prices.update,            "PriceUpdateParams"),

    # What only Stripe.js calls; undocumented, shaped after what browsers were seen to send.
    Route("GET",    "/v1/elements/sessions",             elements_sessions.retrieve,  None, PUBLISHABLE),
    Route("POST",   "/v1/3ds2/authenticate",             authentications.authenticate, None, PUBLISHABLE),
    Route("POST",   "/v1/3ds2/challenge_complete",       authentications.complete,     None, PUBLISHABLE),
)
# fmt: on

_TABLE = {(route.method, route.path): route for route in ROUTES}


def find_route(method: str, path: str) -> tuple[Route, str]:
    """The route of a path and the id that the path names.

    Raises:
        StripeError: 404, saying whether Stripe's other endpoints are merely not imitated.
    """
    route = _TABLE.get((method, path))
    if route:
        return route, ""
    segments = path.split("/")
    place = 4 if len(segments) > 2 and segments[2] in _NAMESPACES else 3
    if place < len(segments) <= place + 3:
        rest = [*segments[place + 1 : place + 2], *("{}" for _ in segments[place + 2 :])]
        template: list[Any] = [*segments[:place], "{}", *rest]
        route = _TABLE.get((method, "/".join(template)))
        if route:
            return route, segments[place]
    raise errors.StripeError(
        f"Unrecognized request URL ({method}: {path}). stripe-sandbox imitates part of Stripe's API; if this endpoint "
        "exists at Stripe, it is not imitated here.",
        status=404,
        before_execution=True,
    )
