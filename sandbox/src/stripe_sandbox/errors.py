"""Stripe's error envelope as one exception, and the errors that more than one resource raises."""

from typing import Any


class StripeError(Exception):
    """An answer other than 200: `{"error": {type, code?, message, param?, …}}` with its HTTP status.

    Fields and statuses: https://docs.stripe.com/api/errors. `objects` holds what an error carries along
    (`payment_intent`, `payment_method`, `charge`, `decline_code` …), whole objects in the pinned shape.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",  # noqa: A002  the field's own name
        code: str | None = None,
        param: str | None = None,
        objects: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        before_execution: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.objects = objects or {}
        self.headers = headers or {}
        # An endpoint that never began leaves nothing behind under its idempotency key.
        self.before_execution = before_execution

    def fields(self) -> dict[str, Any]:
        """What stands under `error`, without the link to the request's log."""
        error: dict[str, Any] = {}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = documentation(self.code)
        error["message"] = self.message
        if self.param is not None:
            error["param"] = self.param
        error["type"] = self.type
        return error | self.objects


def documentation(code: str) -> str:
    """Stripe's page about an error code."""
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def unknown_parameter(param: str) -> StripeError:
    return StripeError(
        f"Received unknown parameter: {param}", code="parameter_unknown", param=param, before_execution=True
    )


def missing_parameter(param: str) -> StripeError:
    return StripeError(
        f"Missing required param: {param}.", code="parameter_missing", param=param, before_execution=True
    )


def invalid_parameter(message: str, param: str, code: str | None = None) -> StripeError:
    return StripeError(message, code=code, param=param, before_execution=True)


def exclusive_parameters(*params: str) -> StripeError:
    return StripeError(
        f"You may only specify one of these parameters: {', '.join(params)}.", code="parameters_exclusive"
    )


def check_email(email: str | None, param: str) -> None:
    """Refuse what cannot be an address; none at all is fine.

    Raises:
        StripeError: `email_invalid`.
    """
    if email and "@" not in email:
        raise StripeError(f"Invalid email address: {email}", code="email_invalid", param=param)


def no_such(noun: str, identifier: str, param: str = "id", status: int = 404) -> StripeError:
    """A missing object, `noun` as Stripe writes it (`payment_intent`, `customer` …)."""
    return StripeError(f"No such {noun}: '{identifier}'", status=status, code="resource_missing", param=param)


def not_imitated(what: str) -> StripeError:
    """For what Stripe can do and this sandbox cannot: never a silent success."""
    return StripeError(
        f"stripe-sandbox does not imitate {what}. Real Stripe may accept this request.",
        before_execution=True,
    )
