"""Suites as other projects have them for Stripe's test mode: their own words, only the address is another.

Nothing here knows the sandbox but for the fixtures below.
"""

from collections.abc import Iterator

import pytest
import stripe

from stripe_sandbox.process import RunningSandbox


@pytest.fixture
def classic(sandbox: RunningSandbox) -> Iterator[None]:
    """The SDK's module-wide settings, which older projects use."""
    kept = stripe.api_base, stripe.api_key, stripe.api_version, stripe.max_network_retries
    stripe.api_base, stripe.api_key = sandbox.address, "sk_test_classic"
    yield
    stripe.api_base, stripe.api_key, stripe.api_version, stripe.max_network_retries = kept
