"""What a resource's function gets to work with: one API request, authenticated, its parameters checked."""

from dataclasses import dataclass
from typing import Any

from stripe_sandbox import errors, versions
from stripe_sandbox.authentication import Key
from stripe_sandbox.events import Cause
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


@dataclass(slots=True)
class Call:
    """One request. `id` is the object that the path names, empty where it names none."""

    sandbox: Sandbox
    key: Key
    version: str
    path: str
    id: str
    params: dict[str, Any]
    request_id: str
    idempotency_key: str | None

    @property
    def cause(self) -> Cause:
        return Cause(self.request_id, self.idempotency_key)

    def find(
        self, kind: str, identifier: str | None = None, param: str = "id", noun: str | None = None
    ) -> StripeObject:
        """The object of a kind, by default the one that the path names.

        Raises:
            StripeError: `resource_missing`, 404 for the path's object, 400 for one that a parameter names.
        """
        wanted = self.id if identifier is None else identifier
        found = self.sandbox.store.get(kind, wanted)
        if found is None or found.get("deleted"):
            raise errors.no_such(noun or kind, wanted, param, status=404 if identifier is None else 400)
        return found

    def before(self, date: str) -> bool:
        """Tell whether the request's API version is older than a date."""
        return versions.before(self.version, date)
