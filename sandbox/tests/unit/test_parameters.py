"""Parameter checkers compiled from the SDK's own types."""

from typing import Any

import pytest

from stripe_sandbox.errors import StripeError
from stripe_sandbox.form_encoding import decode
from stripe_sandbox.parameters import Parameters
from stripe_sandbox.routes import ROUTES


@pytest.mark.parametrize(
    ("types", "encoded", "values"),
    [
        (
            "PaymentIntentCreateParams",
            "amount=2300&currency=sgd&confirm=true&metadata[n]=1&expand[]=latest_charge",
            {
                "amount": 2300,
                "currency": "sgd",
                "confirm": True,
                "metadata": {"n": "1"},
                "expand": ["latest_charge"],
            },
        ),
        (
            "PaymentIntentCreateParams",
            "amount=1&currency=sgd&payment_method_options[card][request_three_d_secure]=any",
            {
                "amount": 1,
                "currency": "sgd",
                "payment_method_options": {"card": {"request_three_d_secure": "any"}},
            },
        ),
        ("PaymentIntentUpdateParams", "metadata=&receipt_email=", {"metadata": "", "receipt_email": ""}),
        ("PaymentIntentListParams", "created[gte]=5", {"created": {"gte": 5}}),
        ("PaymentIntentListParams", "created=5&limit=3", {"created": 5, "limit": 3}),
        ("PaymentIntentConfirmParams", "off_session=true", {"off_session": True}),
        ("PaymentIntentConfirmParams", "off_session=one_off", {"off_session": "one_off"}),
        ("EventListParams", "types[1]=b&types[0]=a", {"types": ["a", "b"]}),
        (
            "CustomerCreateParams",
            "balance=-500&address[line1]=1+Road",
            {"balance": -500, "address": {"line1": "1 Road"}},
        ),
    ],
)
def test_text_becomes_typed_values(types: str, encoded: str, values: dict[str, Any]) -> None:
    """Integers, booleans, lists in order, either-or types, and an empty string that clears."""
    assert Parameters(types).check(decode(encoded)) == values


@pytest.mark.parametrize(
    ("encoded", "code", "param"),
    [
        ("amount=1&currency=sgd&foo=1", "parameter_unknown", "foo"),
        ("amount=1&currency=sgd&shipping[x]=1", "parameter_unknown", "shipping[x]"),
        ("currency=sgd", "parameter_missing", "amount"),
        ("amount=1.5&currency=sgd", "parameter_invalid_integer", "amount"),
        ("amount=٣&currency=sgd", "parameter_invalid_integer", "amount"),
        ("amount[a]=1&currency=sgd", None, "amount"),
        ("amount=1&currency=sgd&metadata=x", None, "metadata"),
        ("amount=1&currency=sgd&metadata[a][b]=x", None, "metadata[a]"),
        ("amount=1&currency=sgd&expand=x", None, "expand"),
        ("amount=1&currency=sgd&expand[x]=y", None, "expand"),
        ("amount=1&currency=sgd&confirm=yes", None, "confirm"),
        ("amount=1&currency=", "parameter_invalid_empty", "currency"),
        ("amount=1&currency=sgd&setup_future_usage=never", None, "setup_future_usage"),
        ("amount=1&currency=sgd&off_session=perhaps", None, "off_session"),
        ("amount=1&currency=sgd&payment_method_types[]=card", "parameter_unknown", "payment_method_types"),
        ("amount=1&currency=sgd&api_key=sk_test_1", "parameter_unknown", "api_key"),
    ],
)
def test_what_does_not_fit_is_named(encoded: str, code: str | None, param: str) -> None:
    """Each refusal carries Stripe's code and the bracketed name, and leaves no idempotency key."""
    with pytest.raises(StripeError) as refused:
        Parameters("PaymentIntentCreateParams").check(decode(encoded))
    assert (refused.value.code, refused.value.param) == (code, param)
    assert refused.value.before_execution


@pytest.mark.parametrize("types", sorted({route.types for route in ROUTES if route.types}))
def test_every_endpoint_has_types_that_compile(types: str) -> None:
    """A renamed class in a new SDK shows here, not in somebody's shop."""
    with pytest.raises(StripeError, match="unknown parameter: nonsense"):
        Parameters(types).check({"nonsense": "1"})
