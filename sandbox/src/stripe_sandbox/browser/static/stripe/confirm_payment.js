import { askApi } from "../api.js";
import { groupOf } from "./elements.js";
import { askPaying } from "./wallet_sheets.js";
import { IntegrationError, demandOneOf, demandType, paymentIntentOf } from "./mistakes.js";
import { performNextAction } from "./next_action.js";
import { demandNeverAskedFields } from "./payment_element_options.js";

/** @typedef {import('../api.js').Access & {locale?: string}} Access */
/** @typedef {import('@stripe/stripe-js').PaymentIntentResult} PaymentIntentResult */
/** @typedef {import('./elements.js').Group | null} GroupOrNone */
/** @typedef {{group: GroupOrNone, clientSecret: string, params: Record<string, any>, redirect: string}} Order */

const WHERE = "stripe.confirmPayment()";
const SUBMIT_FIRST =
  "Call elements.submit() as soon as your customer presses pay, before any asynchronous work, and wait for it.";

/**
 * Mistakes of the page are thrown at once; what happens to the payment is the promise's value.
 * @param {Access} access
 * @param {unknown} options
 * @returns {Promise<PaymentIntentResult>}
 */
export function confirmPayment(access, options) {
  const order = readOptions(options);
  const { return_url } = order.params;
  if (return_url !== undefined && !isAbsolute(return_url)) return Promise.resolve({ error: urlInvalid() });
  return carryOut(access, order);
}

/**
 * @param {unknown} options
 * @returns {Order}
 */
function readOptions(options) {
  demandType(WHERE, "options", options ?? null, "object");
  const { elements, clientSecret, confirmParams = {}, redirect = "always" } = /** @type {any} */ (options);
  demandOneOf(WHERE, "redirect", redirect, ["always", "if_required"]);
  demandType(WHERE, "confirmParams", confirmParams, "object");
  if (elements === undefined && clientSecret === undefined)
    throw new IntegrationError(`Missing value for ${WHERE}: elements or clientSecret should be given.`);
  const group = elements === undefined ? null : groupOf(WHERE, elements);
  const secret = secretFor(group, clientSecret);
  if (redirect === "always" && typeof confirmParams.return_url !== "string")
    throw new IntegrationError(`Missing value for ${WHERE}: confirmParams.return_url should be a string.`);
  if (group?.payment)
    demandNeverAskedFields(group.payment.options, confirmParams.payment_method_data?.billing_details, WHERE);
  return { group, clientSecret: secret, params: confirmParams, redirect };
}

/**
 * @param {GroupOrNone} group
 * @param {unknown} given
 * @returns {string}
 */
function secretFor(group, given) {
  if (group === null || group.isDeferred) {
    if (group && !group.submitted)
      throw new IntegrationError(`elements.submit() must be called before ${WHERE}. ${SUBMIT_FIRST}`);
    if (given === undefined)
      throw new IntegrationError(`You must pass in a clientSecret when calling ${WHERE}.`);
    paymentIntentOf(WHERE, given);
    return /** @type {string} */ (given);
  }
  const own = group.options["clientSecret"];
  if (given !== undefined && given !== own)
    throw new IntegrationError(
      `Invalid value for ${WHERE}: clientSecret differs from the one given to elements().`,
    );
  return own;
}

/**
 * @param {Access} access
 * @param {Order} order
 * @returns {Promise<PaymentIntentResult>}
 */
async function carryOut(access, { group, clientSecret, params, redirect }) {
  const id = paymentIntentOf(WHERE, clientSecret);
  const parameters = { ...withContact(group, params), client_secret: clientSecret, use_stripe_sdk: true };
  /** @type {import('../api.js').Answer} */
  const answer = group
    ? await askPaying(group, "confirm", {
        id,
        parameters: { ...parameters, client_context: group.context() },
      })
    : await askApi(access, "POST", `/v1/payment_intents/${id}/confirm`, parameters);
  if (answer.error) return { error: answer.error };
  const locale = group?.configuration().locale ?? access.locale;
  const result = await performNextAction({ ...access, locale }, answer.value, clientSecret);
  if (result.error) {
    const { code, message } = result.error;
    group?.payment?.ask("showError", { code, message }).catch(() => undefined);
    return result;
  }
  if (redirect !== "always") return result;
  const intent = result.paymentIntent;
  if (intent.status === "requires_action") return { error: notFinished(intent) };
  return leave(intent, clientSecret, params["return_url"]);
}

/**
 * Adds what the group's other Elements hold. What the page passes by itself goes before it.
 * @param {GroupOrNone} group
 * @param {Record<string, any>} params
 */
export function withContact(group, params) {
  const { shipping, billing_details: known } = group?.contact() ?? {};
  if (!shipping && !known) return params;
  const { payment_method_data: data = {} } = params;
  const given = data.billing_details ?? {};
  const address = known?.address || given.address ? { ...known?.address, ...given.address } : undefined;
  const billing_details = { ...known, ...given, address };
  return { shipping, ...params, payment_method_data: { ...data, billing_details } };
}

/**
 * A code that was closed before it was paid. With `redirect: 'always'` only an error lets the page stay.
 * @param {import('@stripe/stripe-js').PaymentIntent} intent
 * @returns {import('@stripe/stripe-js').StripeError}
 */
function notFinished(intent) {
  return {
    type: "validation_error",
    code: "payment_intent_action_required",
    message: "The payment was not finished. You can try again, or choose another way to pay.",
    payment_intent: intent,
  };
}

/**
 * @param {import('@stripe/stripe-js').PaymentIntent} intent
 * @param {string} clientSecret
 * @param {string} returnUrl  its own parameters and fragment stay
 * @returns {Promise<never>} never settles: the page is on its way out
 */
function leave(intent, clientSecret, returnUrl) {
  const address = new URL(returnUrl);
  address.searchParams.set("payment_intent", intent.id);
  address.searchParams.set("payment_intent_client_secret", clientSecret);
  address.searchParams.set("redirect_status", intent.status === "processing" ? "pending" : "succeeded");
  window.location.assign(address);
  return new Promise(() => undefined);
}

/** @param {unknown} address */
function isAbsolute(address) {
  return typeof address === "string" && /^[a-z][a-z0-9+.-]*:/i.test(address) && URL.canParse(address);
}

/** @returns {import('@stripe/stripe-js').StripeError} */
function urlInvalid() {
  return {
    type: "invalid_request_error",
    code: "url_invalid",
    param: "return_url",
    message: "Invalid URL: return_url must be absolute, with a scheme such as https.",
  };
}
