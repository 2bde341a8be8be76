import { askApi } from "../api.js";
import { withContact } from "./confirm_payment.js";
import { groupOf } from "./elements.js";
import { askPaying } from "./wallet_sheets.js";
import { retrieveIntent } from "./intents.js";
import { IntegrationError, demandType, paymentIntentOf } from "./mistakes.js";
import { performNextAction } from "./next_action.js";

/** @typedef {import('../api.js').Access} Access */
/** @typedef {import('@stripe/stripe-js').PaymentIntentResult} PaymentIntentResult */

/**
 * @param {Access} access
 * @param {string} clientSecret
 * @returns {Promise<PaymentIntentResult>}
 */
export async function retrievePaymentIntent(access, clientSecret) {
  const { value, error } = await retrieveIntent(access, clientSecret);
  return error ? { error } : { paymentIntent: value };
}

/**
 * For intents that a server has confirmed.
 * @param {Access} access
 * @param {unknown} options
 * @returns {Promise<PaymentIntentResult>}
 */
export async function handleNextAction(access, options) {
  const where = "stripe.handleNextAction()";
  demandType(where, "options", options ?? null, "object");
  const { clientSecret } = /** @type {any} */ (options);
  paymentIntentOf(where, clientSecret);
  const { value: intent, error } = await retrieveIntent(access, clientSecret);
  if (error) return { error };
  if (intent.status !== "requires_action")
    throw new IntegrationError(
      `handleNextAction: the PaymentIntent supplied is not in the requires_action state, but ${intent.status}.`,
    );
  return performNextAction(access, intent, clientSecret);
}

/**
 * @param {Access} access
 * @param {unknown} options
 * @returns {Promise<import('@stripe/stripe-js').PaymentMethodResult>}
 */
export async function createPaymentMethod(access, options) {
  const where = "stripe.createPaymentMethod()";
  demandType(where, "options", options ?? null, "object");
  const { elements, params = {}, type, card, ...rest } = /** @type {any} */ (options);
  if (elements === undefined) return createWithoutForm(access, where, type, card, rest);
  const group = groupOf(where, elements);
  if (group.isDeferred && group.options["paymentMethodCreation"] !== "manual")
    throw new IntegrationError(
      `${where} needs elements() to be created with paymentMethodCreation: "manual".`,
    );
  if (!group.submitted) throw new IntegrationError(`elements.submit() must be called before ${where}.`);
  const { value, error } = await askPaying(group, "createPaymentMethod", { parameters: params });
  return error ? { error } : { paymentMethod: value };
}

/**
 * Hands all that the form holds to the server as an id, for one confirmation there.
 * @param {unknown} options
 * @returns {Promise<import('@stripe/stripe-js').ConfirmationTokenResult>}
 */
export async function createConfirmationToken(options) {
  const where = "stripe.createConfirmationToken()";
  demandType(where, "options", options ?? null, "object");
  const { elements, params = {} } = /** @type {any} */ (options);
  demandType(where, "params", params, "object");
  const group = groupOf(where, elements);
  if (!group.submitted) throw new IntegrationError(`elements.submit() must be called before ${where}.`);
  const futureUsage = group.context()?.setup_future_usage;
  const parameters = { setup_future_usage: futureUsage, ...withContact(group, params) };
  const { value, error } = await askPaying(group, "createConfirmationToken", { parameters });
  return error ? { error } : { confirmationToken: value };
}

/**
 * @param {Access} access
 * @param {string} where
 * @param {unknown} type
 * @param {any} card
 * @param {Record<string, unknown>} rest
 * @returns {Promise<import('@stripe/stripe-js').PaymentMethodResult>}
 */
async function createWithoutForm(access, where, type, card, rest) {
  if (typeof type !== "string")
    throw new IntegrationError(`Missing value for ${where}: type should be a string.`);
  if (type === "card" && typeof card?.token !== "string")
    throw new IntegrationError(`${where}: card details come from a Payment Element. Pass elements.`);
  const { value, error } = await askApi(access, "POST", "/v1/payment_methods", { type, card, ...rest });
  return error ? { error } : { paymentMethod: value };
}
