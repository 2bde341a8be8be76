"""Stripe's Node SDK, once, to show that nothing here is shaped for Python."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from stripe_sandbox.process import RunningSandbox


def test_the_node_sdk_buys_and_refunds(sandbox: RunningSandbox) -> None:
    """Declined, paid, refunded, listed page by page, refused, signed."""
    address = urlsplit(sandbox.address)
    node = Path(sys.executable).with_name("node")
    script = Path(__file__).with_name("buy.mjs")
    done = subprocess.run(
        [str(node), str(script), str(address.hostname), str(address.port)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout)
    assert story["declined"] == {
        "type": "StripeCardError",
        "code": "card_declined",
        "decline_code": "generic_decline",
    }
    assert story["paid"] == {"status": "succeeded", "last4": "4242"}
    assert story["refunded"] == "succeeded"
    assert story["judged"] == [0, 0]
    assert "status of succeeded" in story["kept"]
    assert {"payment_intent.created", "charge.failed", "charge.succeeded", "refund.created"} <= set(
        story["events"]
    )
    assert story["refused"] == "payment_method_types_no_longer_supported"
    assert story["signed"] == "evt_1"
