"""One plan for both SDKs: each endpoint that a secret key may call, once, with real arguments.

A step is (call, ids, params, name of the answer). `$name.field` stands for what an earlier answer said,
`$name.data.0.id` for the first of a list; what follows a slash is put behind it. The call `http` is made
without an SDK: customers press buttons, tests turn switches.
"""

from typing import Any

Step = tuple[str, list[str], dict[str, Any] | None, str]

OUTSIDE = {"return_url": "https://shop.example/done"}
PAID = {"amount": 2300, "currency": "sgd", "confirm": True, **OUTSIDE}
BOOK = {"name": "A book"}
AGREED = {"customer_acceptance": {"type": "offline"}}
HOOK = {"url": "http://127.0.0.1:9/hook", "enabled_events": ["charge.failed"]}
WALLET = {
    "payment_method_data": {
        "type": "alipay",
        "billing_details": {"name": "Ada Byron", "email": "ada@example.com"},
    }
}

PLAN: list[Step] = [
    ("accounts.retrieve_current", [], None, "account"),
    ("accounts.retrieve", ["$account.id"], None, ""),
    # Customers and what they save.
    ("customers.create", [], {"email": "jenny@example.com"}, "customer"),
    ("customers.update", ["$customer.id"], {"name": "Jenny"}, ""),
    ("customers.retrieve", ["$customer.id"], None, ""),
    ("customers.list", [], {"limit": 3}, ""),
    ("customers.search", [], {"query": 'name:"Jenny"'}, ""),
    ("payment_methods.create", [], {"type": "card", "card": {"token": "tok_visa"}}, "method"),
    ("payment_methods.attach", ["$method.id"], {"customer": "$customer.id"}, ""),
    ("payment_methods.update", ["$method.id"], {"metadata": {"main": "yes"}}, ""),
    ("payment_methods.retrieve", ["$method.id"], None, ""),
    ("payment_methods.list", [], {"customer": "$customer.id"}, ""),
    ("customers.payment_methods.list", ["$customer.id"], None, ""),
    ("customers.payment_methods.retrieve", ["$customer.id", "$method.id"], None, ""),
    # Saved without a payment.
    ("setup_intents.create", [], {"customer": "$customer.id"}, "setup"),
    ("setup_intents.update", ["$setup.id"], {"description": "For later"}, ""),
    ("setup_intents.confirm", ["$setup.id"], {"payment_method": "pm_card_visa", **OUTSIDE}, ""),
    ("setup_intents.retrieve", ["$setup.id"], None, ""),
    ("setup_intents.list", [], {"customer": "$customer.id"}, ""),
    ("setup_attempts.list", [], {"setup_intent": "$setup.id"}, ""),
    ("setup_intents.create", [], {}, "unused"),
    ("setup_intents.cancel", ["$unused.id"], None, ""),
    (
        "setup_intents.create",
        [],
        {"confirm": True, "payment_method": "pm_sepaDebit_success_de", "mandate_data": AGREED, **OUTSIDE},
        "debit",
    ),
    ("mandates.retrieve", ["$debit.mandate"], None, ""),
    # A payment held, changed, captured; one canceled; one by a token.
    ("payment_intents.create", [], {"amount": 2300, "currency": "sgd", "capture_method": "manual"}, "intent"),
    ("payment_intents.update", ["$intent.id"], {"metadata": {"order_id": "6735"}}, ""),
    ("payment_intents.confirm", ["$intent.id"], {"payment_method": "pm_card_visa", **OUTSIDE}, "held"),
    ("payment_intents.capture", ["$intent.id"], None, ""),
    ("payment_intents.retrieve", ["$intent.id"], None, ""),
    ("payment_intents.list", [], {"limit": 2}, ""),
    ("payment_intents.search", [], {"query": 'metadata["order_id"]:"6735"'}, ""),
    ("payment_intents.create", [], {"amount": 2300, "currency": "sgd"}, "dropped"),
    ("payment_intents.cancel", ["$dropped.id"], {"cancellation_reason": "abandoned"}, ""),
    ("test_helpers.confirmation_tokens.create", [], {"payment_method": "pm_card_visa"}, "token"),
    ("confirmation_tokens.retrieve", ["$token.id"], None, ""),
    ("payment_intents.create", [], {**PAID, "confirmation_token": "$token.id"}, ""),
    (
        "charges.create",
        [],
        {"amount": 2300, "currency": "sgd", "source": "tok_visa", "capture": False},
        "charge",
    ),
    ("charges.capture", ["$charge.id"], None, ""),
    ("charges.retrieve", ["$held.latest_charge"], None, ""),
    ("charges.update", ["$held.latest_charge"], {"description": "Order 6735"}, ""),
    ("charges.list", [], {"payment_intent": "$intent.id"}, ""),
    ("charges.search", [], {"query": 'status:"succeeded"'}, ""),
    # Money back.
    ("refunds.create", [], {"payment_intent": "$intent.id", "amount": 300}, "refund"),
    ("refunds.update", ["$refund.id"], {"metadata": {"why": "late"}}, ""),
    ("refunds.retrieve", ["$refund.id"], None, ""),
    ("refunds.list", [], {"payment_intent": "$intent.id"}, ""),
    ("balance_transactions.list", [], {"type": "refund"}, "moved"),
    ("balance_transactions.retrieve", ["$moved.data.0.id"], None, ""),
    ("balance.retrieve", [], None, ""),
    ("http", ["PUT", "$sandbox/_sandbox/refunds"], {"outcome": "asks_customer"}, ""),
    ("payment_intents.create", [], {**PAID, **WALLET}, "first"),
    ("http", ["POST", "$first.next_action.alipay_handle_redirect.url/authorize"], None, ""),
    ("refunds.create", [], {"payment_intent": "$first.id"}, "asking"),
    ("refunds.cancel", ["$asking.id"], None, ""),
    ("payment_intents.create", [], {**PAID, **WALLET}, "second"),
    ("http", ["POST", "$second.next_action.alipay_handle_redirect.url/authorize"], None, ""),
    ("refunds.create", [], {"payment_intent": "$second.id"}, "lapsing"),
    ("test_helpers.refunds.expire", ["$lapsing.id"], None, ""),
    # What goes wrong afterwards.
    ("payment_intents.create", [], {**PAID, "payment_method": "pm_card_createDispute"}, "disputed"),
    ("payment_intents.create", [], {**PAID, "payment_method": "pm_card_createIssuerFraudRecord"}, "warned"),
    ("http", ["PUT", "$sandbox/_sandbox/clock"], {"offset": 60}, ""),
    ("disputes.list", [], {"payment_intent": "$disputed.id"}, "disputes"),
    ("disputes.retrieve", ["$disputes.data.0.id"], None, ""),
    ("disputes.update", ["$disputes.data.0.id"], {"metadata": {"seen": "yes"}}, ""),
    ("disputes.close", ["$disputes.data.0.id"], None, ""),
    ("radar.early_fraud_warnings.list", [], {"payment_intent": "$warned.id"}, "warnings"),
    ("radar.early_fraud_warnings.retrieve", ["$warnings.data.0.id"], None, ""),
    ("http", ["PUT", "$sandbox/_sandbox/account"], {"review_elevated_risk": True}, ""),
    ("payment_intents.create", [], {**PAID, "payment_method": "pm_card_riskLevelElevated"}, ""),
    ("reviews.list", [], None, "reviews"),
    ("reviews.retrieve", ["$reviews.data.0.id"], None, ""),
    ("reviews.approve", ["$reviews.data.0.id"], None, ""),
    # The catalogue.
    ("products.create", [], BOOK, "book"),
    ("products.update", ["$book.id"], {"description": "Signed"}, ""),
    ("products.retrieve", ["$book.id"], None, ""),
    ("products.list", [], {"active": True}, ""),
    ("products.search", [], {"query": 'name:"A book"'}, ""),
    ("prices.create", [], {"product": "$book.id", "currency": "sgd", "unit_amount": 2300}, "price"),
    ("prices.update", ["$price.id"], {"nickname": "Usual"}, ""),
    ("prices.retrieve", ["$price.id"], None, ""),
    ("prices.list", [], {"product": "$book.id"}, ""),
    ("prices.search", [], {"query": 'active:"true"'}, ""),
    ("products.create", [], BOOK, "unsold"),
    ("products.delete", ["$unsold.id"], None, ""),
    # What was told, and to whom; then nothing is left.
    ("events.list", [], {"type": "charge.*"}, "events"),
    ("events.retrieve", ["$events.data.0.id"], None, ""),
    ("webhook_endpoints.create", [], HOOK, "hook"),
    ("webhook_endpoints.update", ["$hook.id"], {"disabled": True}, ""),
    ("webhook_endpoints.retrieve", ["$hook.id"], None, ""),
    ("webhook_endpoints.list", [], None, ""),
    ("webhook_endpoints.delete", ["$hook.id"], None, ""),
    ("payment_methods.detach", ["$method.id"], None, ""),
    ("customers.delete", ["$customer.id"], None, ""),
]
