import { askApi } from "../api.js";
import { paymentIntentOf } from "./mistakes.js";

const NOT_AUTHENTICATED =
  "We are unable to authenticate your payment method. Please choose a different payment method and try again.";

/**
 * @param {import('../api.js').Access} access
 * @param {string} clientSecret
 * @returns {Promise<import('../api.js').Answer>}
 */
export function retrieveIntent(access, clientSecret) {
  const id = paymentIntentOf("stripe.retrievePaymentIntent()", clientSecret);
  return askApi(access, "GET", `/v1/payment_intents/${id}`, { client_secret: clientSecret });
}

/**
 * What an intent has come to, as a call's result.
 * @param {any} intent
 * @returns {import('@stripe/stripe-js').PaymentIntentResult}
 */
export function resultOf(intent) {
  return intent.status === "requires_payment_method"
    ? { error: failureOf(intent) }
    : { paymentIntent: intent };
}

/**
 * @param {any} intent
 * @returns {import('@stripe/stripe-js').StripeError}
 */
function failureOf(intent) {
  const failure = intent.last_payment_error;
  const unauthenticated =
    failure?.code === "payment_intent_authentication_failure" && failure.payment_method?.type === "card";
  return { ...failure, ...(unauthenticated && { message: NOT_AUTHENTICATED }), payment_intent: intent };
}
