"""What a person does by hand goes the way of the API: the same checks, the same events, a line in the log."""

import time
from collections.abc import Iterable
from urllib.parse import urlencode

import orjson

from stripe_sandbox import form_encoding
from stripe_sandbox.authentication import Key
from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.ids import alphanumeric
from stripe_sandbox.request_log import LoggedRequest, cut, masked
from stripe_sandbox.routes import find_route
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_KEY = Key("sk_test_dashboard", publishable=False)


def ask(sandbox: Sandbox, path: str, parameters: Iterable[tuple[str, str]]) -> StripeObject:
    """`POST` the form-encoded names and values to an endpoint; faults that a test asked for do not strike.

    Raises:
        StripeError: what the API would have answered.
    """
    started = time.perf_counter()
    encoded = urlencode([(name, value) for name, value in parameters if value])
    route, identifier = find_route("POST", path)
    call = Call(
        sandbox,
        _KEY,
        sandbox.account.api_version,
        path,
        identifier,
        form_encoding.decode(encoded),
        f"req_{alphanumeric(14)}",
        None,
    )
    # Until the endpoint has answered, whatever ends it is a crash.
    status = 500
    answer: StripeObject = {}
    try:
        route.check(call)
        answer = route.run(call)
        status = 200
    except StripeError as error:
        status, answer = error.status, {"error": error.fields()}
        raise
    finally:
        milliseconds = round((time.perf_counter() - started) * 1000, 2)
        sandbox.requests.append(_logged(call, encoded, status, orjson.dumps(answer), milliseconds))
        sandbox.store.commit()
    return answer


def _logged(call: Call, encoded: str, status: int, answer: bytes, milliseconds: float) -> LoggedRequest:
    return LoggedRequest(
        id=call.request_id,
        created=call.sandbox.now(),
        method="POST",
        path=call.path,
        status=status,
        idempotency_key=None,
        milliseconds=milliseconds,
        version=call.version,
        parameters=masked(encoded),
        answer=cut(answer),
        from_page=False,
        replayed=False,
        events_before=call.sandbox.store.count("event"),
        by_hand=True,
    )
