"""What each type of event says, in a sentence for a person."""

# fmt: off
_SENTENCES = {
    "payment_intent.created": "The shop opened a payment",
    "payment_intent.requires_action": "The customer is asked to act",
    "payment_intent.processing": "The payment is on its way",
    "payment_intent.amount_capturable_updated": "The money is held on the card",
    "payment_intent.succeeded": "The payment succeeded",
    "payment_intent.payment_failed": "The attempt to pay failed",
    "payment_intent.canceled": "The payment was canceled",
    "payment_intent.partially_funded": "Part of the money arrived",
    "charge.succeeded": "The card's bank said yes",
    "charge.failed": "The card's bank said no",
    "charge.pending": "The charge is pending",
    "charge.captured": "The held money was captured",
    "charge.expired": "The hold on the card ended",
    "charge.updated": "The charge changed",
    "charge.refunded": "Money went back to the customer",
    "charge.refund.updated": "A refund changed",
    "charge.dispute.created": "The cardholder's bank disputes the payment",
    "charge.dispute.updated": "The dispute changed",
    "charge.dispute.closed": "The dispute is decided",
    "charge.dispute.funds_withdrawn": "The disputed money was taken back",
    "charge.dispute.funds_reinstated": "The disputed money was returned",
    "refund.created": "A refund was made",
    "refund.updated": "A refund changed",
    "refund.failed": "A refund failed",
    "radar.early_fraud_warning.created": "The card's bank reports the payment as fraud",
    "radar.early_fraud_warning.updated": "Nothing is left to do about the fraud warning",
    "review.opened": "The payment waits for a person's review",
    "review.closed": "The review is over",
    "payment_method.attached": "A payment method was saved to a customer",
    "payment_method.detached": "A payment method was removed from a customer",
    "payment_method.updated": "A payment method changed",
    "customer.created": "A customer was created",
    "customer.updated": "A customer changed",
    "customer.deleted": "A customer was deleted",
}
# fmt: on


def sentence(event_type: str) -> str:
    """The sentence of a type; for one that has none, its own name with spaces."""
    known = _SENTENCES.get(event_type)
    return known or event_type.replace(".", " ").replace("_", " ").capitalize()
