"""What should not happen. An ordinary refusal (a declined card, a changed price) is a value instead."""


class BookshopError(Exception):
    """The root: `status` is the HTTP status its doors answer with, `title` and `detail` are for people.

    `kind` is the problem type (RFC 9457) by which scripts tell it from others of the same status.
    """

    status = 500
    kind = "about:blank"
    title = "Something broke on our side"
    detail = "It is not your doing. Please try again; if it happens again, tell us the request id."


class NotFoundError(BookshopError):
    """No such page, book or order."""

    status = 404
    title = "There is nothing here"
    detail = "The page may have moved, or the address has a slip in it."


class BadRequestError(BookshopError):
    """A body or parameter that no page of ours sends. `detail` says what is wrong with it."""

    status = 400
    title = "We could not read that"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ForgedRequestError(BookshopError):
    """A state-changing request that another site's page sent."""

    status = 403
    title = "That request did not come from our pages"
    detail = "Nothing has been changed or charged. Open the shop itself and try again."


class TooLargeError(BookshopError):
    """A body beyond what the door accepts."""

    status = 413
    title = "That is more than we can take in"
    detail = "Nothing has been changed."


class UnsignedEventError(BookshopError):
    """A webhook call that Stripe did not sign, or not for us, or not now."""

    status = 400
    title = "This event is not signed by Stripe for this shop"
    detail = "The signature, its time or the body does not match. Nothing was recorded."


class PaymentsUnavailableError(BookshopError):
    """Stripe did not answer, or answered that it cannot; this request has charged nothing."""

    status = 503
    kind = "/problems/payment-unavailable"
    title = "The payment service is not answering"
    detail = "Nothing has been charged just now. Please try again in a moment; no order is paid twice."


class SettingsError(BookshopError):
    """The settings are unusable; `sentences` say what to do about each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
