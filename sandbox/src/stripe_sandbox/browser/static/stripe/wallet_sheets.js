import { askApi } from "../api.js";
import { cover } from "./overlay.js";

/**
 * What a wallet pays with: a card's token, or Link itself.
 * @typedef {{type: 'card' | 'link', token?: string, name: string, email: string}} WalletPayment
 */
/** @typedef {'google_pay' | 'link'} WalletType */

const SHEETS = {
  google_pay: { page: "google-pay", title: "Google Pay" },
  link: { page: "link", title: "Link" },
};

/**
 * The wallet's own window, where the customer picks a card or says who they are.
 * @param {import('./elements.js').Group} group
 * @param {WalletType} [wallet]
 * @returns {Promise<WalletPayment | undefined>} undefined when the sheet was closed
 */
export async function showWallet(group, wallet = "google_pay") {
  const { value: session } = await group.session();
  const { amount, currency } = session?.payment_intent ?? group.options;
  const { locale } = group.configuration();
  return cover({
    ...SHEETS[wallet],
    contents: { locale, business: session?.business_name ?? "", amount: written(amount, currency, locale) },
  });
}

/**
 * Asks the form to send something, after the wallet's sheet if the customer has chosen that way to pay.
 * @param {import('./elements.js').Group} group
 * @param {string} name  of the form's call
 * @param {Record<string, unknown>} order
 * @returns {Promise<any>}
 */
export async function askPaying(group, name, order) {
  const express = group.express?.takeCard();
  if (express) return sendPayment(group, name, order, express);
  if (!group.payment?.isMounted) return sheetClosed(group.express?.chosen);
  const answer = await group.payment?.ask(name, { ...order, wallet: group.takeWalletCard() });
  if (!answer?.needsWallet) return answer;
  const wallet = await showWallet(group);
  return wallet ? group.payment?.ask(name, { ...order, wallet }) : sheetClosed("google_pay");
}

/**
 * The wallet's button pays without a form. Its token is no secret: it is worth nothing without the shop's key.
 * @param {import('./elements.js').Group} group
 * @param {string} name
 * @param {any} order
 * @param {WalletPayment} payment
 */
function sendPayment(group, name, { id, parameters }, { type, token, name: holder, email }) {
  const paths = /** @type {Record<string, string>} */ ({
    confirm: `/v1/payment_intents/${id}/confirm`,
    createConfirmationToken: "/v1/confirmation_tokens",
    createPaymentMethod: "/v1/payment_methods",
  });
  const { payment_method_data: given = {}, ...rest } = parameters;
  const alone = name === "createPaymentMethod";
  const { billing_details: known, ...data } = alone ? parameters : given;
  const own = type === "link" ? { name: holder, email } : { name: holder };
  const card = token && { token };
  const method = { ...data, type, card: card || undefined, billing_details: { ...own, ...known } };
  return askApi(
    group.access,
    "POST",
    paths[name] ?? "",
    alone ? method : { ...rest, payment_method_data: method },
  );
}

/** Currencies that Stripe counts otherwise than the language's own tables. https://docs.stripe.com/currencies */
const EXPONENTS = /** @type {Record<string, number>} */ ({ isk: 2, ugx: 2, huf: 2, twd: 2, mga: 0 });

/**
 * @param {number} amount  minor units of the currency
 * @param {string} currency
 * @param {string} locale
 */
function written(amount, currency, locale) {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "code" });
  const digits = EXPONENTS[currency.toLowerCase()] ?? format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

/**
 * What a closed sheet comes to.
 * @param {WalletType} [wallet]
 * @returns {{error: import('@stripe/stripe-js').StripeError}}
 */
export function sheetClosed(wallet = "google_pay") {
  return {
    error: {
      type: "validation_error",
      code: "incomplete_payment_details",
      message: `${SHEETS[wallet].title} was closed before the payment was confirmed.`,
    },
  };
}
