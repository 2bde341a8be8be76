import { CardFields } from "./card_fields.js";
import { MethodForm } from "./method_form.js";

/** @typedef {import('./types.js').Settings} Settings */
/** @typedef {import('./types.js').MethodFields} MethodFields */

/**
 * A way to pay that the form can draw. The session says which of them are offered, and in which order.
 * @typedef {object} Method
 * @property {string} label  a key of the words
 * @property {readonly string[]} asks  what its form asks beside the payment itself
 * @property {string} next  a key of the words: what happens after the customer has pressed the shop's button
 */

/** @type {Record<string, Method>} */
export const METHODS = {
  card: { label: "card", asks: [], next: "" },
  google_pay: { label: "google_pay", asks: [], next: "opensSheet" },
  alipay: { label: "alipay", asks: [], next: "redirects" },
  wechat_pay: { label: "wechat_pay", asks: [], next: "showsCode" },
  grabpay: { label: "grabpay", asks: [], next: "redirects" },
  paynow: { label: "paynow", asks: [], next: "showsBankCode" },
  eps: { label: "eps", asks: ["name"], next: "redirectsToBank" },
  ideal: { label: "ideal", asks: [], next: "redirectsToBank" },
  bancontact: { label: "bancontact", asks: ["name"], next: "redirectsToBank" },
  p24: { label: "p24", asks: ["name", "email"], next: "redirectsToBank" },
  sepa_debit: { label: "sepa_debit", asks: ["iban", "name", "email"], next: "mandate" },
  klarna: { label: "klarna", asks: ["email", "country"], next: "redirects" },
};

/** Wallets give a card: they ride on it, and their sheets are not drawn by this form. */
export const WALLETS = ["google_pay"];

/**
 * @param {string} type
 * @param {Settings} settings
 * @param {() => void} changed  called whenever a value has changed
 * @returns {MethodFields}
 */
export function fieldsOf(type, settings, changed) {
  if (type === "card") return new CardFields(settings, changed);
  const method = METHODS[type];
  if (!method) throw new Error(`${type} is not among the methods`);
  return new MethodForm(type, method, settings, changed);
}

/**
 * The types that are drawn, in their order. Link has no row of its own here, as at Stripe.
 * @param {import('./types.js').Session} session
 * @param {import('@stripe/stripe-js').StripePaymentElementOptions} options
 */
export function offeredMethods(session, options) {
  const types = session.payment_method_preference.ordered_payment_method_types;
  const offered = types.flatMap((type) => (type === "card" ? [type, ...walletsOf(session, options)] : [type]));
  const preferred = options.paymentMethodOrder ?? [];
  const rank = (/** @type {string} */ type) => preferred.indexOf(type) + 1 || preferred.length + 1;
  return offered.filter((type) => type in METHODS).sort((one, other) => rank(one) - rank(other));
}

/**
 * @param {import('./types.js').Session} session
 * @param {import('@stripe/stripe-js').StripePaymentElementOptions} options
 */
function walletsOf(session, options) {
  const wanted = options.wallets?.googlePay !== "never";
  return WALLETS.filter((wallet) => wanted && session.wallets?.includes(wallet));
}
