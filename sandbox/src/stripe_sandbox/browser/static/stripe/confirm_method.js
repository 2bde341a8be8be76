import { askApi } from "../api.js";
import { retrieveIntent } from "./intents.js";
import { IntegrationError, demandType, isObject, paymentIntentOf } from "./mistakes.js";
import { performNextAction } from "./next_action.js";

/** @typedef {import('../api.js').Access & {locale?: string}} Access */
/** @typedef {import('@stripe/stripe-js').PaymentIntentResult} PaymentIntentResult */

/** The calls that confirm one method without a Payment Element, with the method's type. */
const CALLS = /** @type {const} */ ({
  confirmAlipayPayment: "alipay",
  confirmBancontactPayment: "bancontact",
  confirmCardPayment: "card",
  confirmEpsPayment: "eps",
  confirmGrabPayPayment: "grabpay",
  confirmIdealPayment: "ideal",
  confirmKlarnaPayment: "klarna",
  confirmP24Payment: "p24",
  confirmPayNowPayment: "paynow",
  confirmSepaDebitPayment: "sepa_debit",
  confirmWechatPayPayment: "wechat_pay",
});

/** @typedef {(clientSecret: string, data?: any, options?: any) => Promise<PaymentIntentResult>} ConfirmMethod */

/**
 * @param {Access} access
 * @returns {Record<keyof typeof CALLS, ConfirmMethod>}
 */
export function methodConfirmations(access) {
  const made = Object.entries(CALLS).map(([name, type]) => [
    name,
    (/** @type {string} */ clientSecret, /** @type {any} */ data, /** @type {any} */ options) =>
      confirmMethod(access, { where: `stripe.${name}()`, type, clientSecret, data, options }),
  ]);
  return Object.fromEntries(made);
}

/**
 * @param {Access} access
 * @param {{where: string, type: string, clientSecret: string, data: any, options: any}} call
 * @returns {Promise<PaymentIntentResult>}
 */
async function confirmMethod(access, { where, type, clientSecret, data = {}, options = {} }) {
  const id = paymentIntentOf(where, clientSecret);
  demandType(where, "data", data, "object");
  demandType(where, "options", options, "object");
  const { payment_method: given, ...rest } = data;
  if (type === "card" && isObject(given) && !isToken(given["card"]))
    throw new IntegrationError(
      `${where}: card Elements are not imitated by this sandbox. Pass the id of a PaymentMethod or a card token.`,
    );
  const { value, error } = await askApi(access, "POST", `/v1/payment_intents/${id}/confirm`, {
    ...rest,
    ...(await methodParameters(access, type, clientSecret, given)),
    client_secret: clientSecret,
    use_stripe_sdk: true,
  });
  if (error) return { error };
  return options.handleActions === false
    ? { paymentIntent: value }
    : performNextAction(access, value, clientSecret);
}

/**
 * What the page gave, or else the bare type, unless a server has already attached a PaymentMethod.
 * @param {Access} access
 * @param {string} type
 * @param {string} clientSecret
 * @param {unknown} given
 */
async function methodParameters(access, type, clientSecret, given) {
  if (typeof given === "string") return { payment_method: given };
  if (isObject(given)) return { payment_method_data: { type, ...given } };
  const { value: intent } = await retrieveIntent(access, clientSecret);
  return intent?.payment_method || type === "card" ? {} : { payment_method_data: { type } };
}

/** @param {unknown} card */
function isToken(card) {
  return isObject(card) && typeof card["token"] === "string";
}
