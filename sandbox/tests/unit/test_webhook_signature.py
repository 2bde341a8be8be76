"""Signatures that Stripe's own verifier accepts."""

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from stripe_sandbox.webhook_messages import signature


@given(
    st.text(max_size=200), st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1), st.integers(1, 2**33)
)
def test_the_sdk_accepts_what_we_sign(payload: str, secret: str, timestamp: int) -> None:
    """Any payload, secret and time; a changed payload is refused."""
    header = signature(f"whsec_{secret}", timestamp, payload.encode())
    verify = stripe.WebhookSignature.verify_header
    assert verify(payload, header, f"whsec_{secret}", None)
    with pytest.raises(stripe.SignatureVerificationError):
        verify(payload + " ", header, f"whsec_{secret}", None)
