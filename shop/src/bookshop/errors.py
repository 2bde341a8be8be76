"""What should not happen. An ordinary refusal (a declined card, a changed price) is a value instead."""

from bookshop.languages import mark


class BookshopError(Exception):
    """The root: `status` is the HTTP status its doors answer with, `title` and `detail` are for people.

    They are English here and in the reader's language where they are shown.

    `kind` is the problem type (RFC 9457) by which scripts tell it from others of the same status.
    """

    status = 500
    kind = "about:blank"
    title = mark("Something broke on our side")
    detail = mark("It is not your doing. Please try again; if it happens again, tell us the request id.")


class NotFoundError(BookshopError):
    """No such page, book or order."""

    status = 404
    title = mark("There is nothing here")
    detail = mark("The page may have moved, or the address has a slip in it.")


class BadRequestError(BookshopError):
    """A body or parameter that no page of ours sends. `detail` says what is wrong with it."""

    status = 400
    title = mark("We could not read that")

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ForgedRequestError(BookshopError):
    """A state-changing request that another site's page sent."""

    status = 403
    title = mark("That request did not come from our pages")
    detail = mark("Nothing has been changed or charged. Open the shop itself and try again.")


class TooSlowError(BookshopError):
    """A body that does not arrive."""

    status = 408
    title = mark("That took too long to arrive")
    detail = mark("Nothing has been changed. Please try again.")


class TooLargeError(BookshopError):
    """A body beyond what the door accepts."""

    status = 413
    title = mark("That is more than we can take in")
    detail = mark("Nothing has been changed.")


class UnsignedEventError(BookshopError):
    """A webhook call that Stripe did not sign, or not for us, or not now."""

    status = 400
    title = mark("This event is not signed by Stripe for this shop")
    detail = mark("The signature, its time or the body does not match. Nothing was recorded.")


class PaymentsUnavailableError(BookshopError):
    """Stripe did not answer, or answered that it cannot; this request has charged nothing."""

    status = 503
    kind = "/problems/payment-unavailable"
    title = mark("The payment service is not answering")
    detail = mark("Nothing has been charged just now. Please try again in a moment; no order is paid twice.")


class SettingsError(BookshopError):
    """The settings are unusable; `sentences` say what to do about each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
