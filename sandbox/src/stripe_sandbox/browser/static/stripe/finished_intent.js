import { since } from "./train.js";

const FINISHED = ["succeeded", "canceled", "processing", "requires_capture"];

/**
 * Since 2025-09-30.clover the form of an intent that can take no more payment is not shown.
 * @param {any} intent
 */
export function isFinished(intent) {
  return since("clover") && FINISHED.includes(intent.status);
}

/**
 * @param {any} intent
 * @returns {import('@stripe/stripe-js').StripeError}
 */
export function finished(intent) {
  return {
    type: "validation_error",
    code: "payment_intent_unexpected_state",
    message:
      `The client secret belongs to a PaymentIntent with a status of ${intent.status}, which can take no further ` +
      "payment. Create a new PaymentIntent, or show the customer what became of this one.",
    payment_intent: intent,
  };
}
