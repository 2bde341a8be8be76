// Asks the shop for an order to pay, and puts every answer, good or bad, into one small shape.

/** @import {Address} from "./address_form.js" */

import { say } from "./words.js";

/**
 * @typedef {{amount: number, currency: string, text: string}} Total  amount in minor units of the currency
 * @typedef {{kind: "payable", orderUrl: string, returnUrl: string, clientSecret: string}} Payable
 * @typedef {{kind: "invalid", detail: string, errors: Record<string, string>}} Invalid
 * @typedef {{kind: "total-changed", detail: string, total: Total, shipping: Total}} TotalChanged
 * @typedef {{kind: "cart-changed", detail: string, checkoutUrl: string, cartUrl: string}} CartChanged
 * @typedef {{kind: "already-paid", detail: string, orderUrl: string}} AlreadyPaid
 * @typedef {{kind: "unavailable", detail: string}} Unavailable
 * @typedef {Payable | Invalid | TotalChanged | CartChanged | AlreadyPaid | Unavailable} Answer
 * @typedef {{checkout_key: string, cart: boolean, items: unknown, currency: string, email: string,
 *   shipping_address: Address, total: number}} NewOrder  with `cart` the items are all that the page shows of
 *   the visitor's cart
 */

const PATIENCE = 40_000; // milliseconds

/**
 * Places the order, or finds it again when this checkout has placed it before.
 *
 * @param {NewOrder} order
 * @returns {Promise<Answer>}
 */
export function place(order) {
  return ask("/orders", order, "");
}

/**
 * Opens the payment of an order that exists already.
 *
 * @param {string} orderUrl  "/orders/<token>"
 * @param {Address | undefined} address  undefined where the page asks for none: the order keeps its own
 * @param {number} total  what the page shows, in minor units; the shop compares it
 * @returns {Promise<Answer>}
 */
export function openPayment(orderUrl, address, total) {
  return ask(`${orderUrl}/payment`, { shipping_address: address, total }, orderUrl);
}

/**
 * @param {string} address
 * @param {object} body
 * @param {string} orderUrl  used when the answer names none
 * @returns {Promise<Answer>}
 */
async function ask(address, body, orderUrl) {
  let response;
  let answer;
  try {
    response = await send(address, body, AbortSignal.timeout(PATIENCE));
    answer = await response.json();
  } catch {
    return { kind: "unavailable", detail: say("shop-unreachable") };
  }
  return response.ok ? payable(answer, orderUrl) : refused(answer, orderUrl);
}

/**
 * Posts JSON to one of the shop's doors.
 *
 * @param {string} address
 * @param {object} body
 * @param {AbortSignal} signal
 */
export function send(address, body, signal) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json, application/problem+json" },
    body: JSON.stringify(body),
    signal,
  });
}

/**
 * @param {any} answer
 * @param {string} orderUrl
 * @returns {Payable}
 */
function payable(answer, orderUrl) {
  return {
    kind: "payable",
    orderUrl: answer.order_url ?? orderUrl,
    returnUrl: answer.return_url,
    clientSecret: answer.client_secret,
  };
}

/**
 * @param {any} problem  an RFC 9457 problem of the shop's
 * @param {string} orderUrl
 * @returns {Answer}
 */
function refused(problem, orderUrl) {
  const detail = problem.detail ?? say("shop-broke");
  switch (problem.type) {
    case "/problems/invalid-order":
      return { kind: "invalid", detail, errors: problem.errors ?? {} };
    case "/problems/total-changed":
      return { kind: "total-changed", detail, total: problem.total, shipping: problem.shipping };
    case "/problems/cart-changed":
      return { kind: "cart-changed", detail, checkoutUrl: problem.checkout_url, cartUrl: problem.cart_url };
    case "/problems/already-paid":
      return { kind: "already-paid", detail, orderUrl: problem.order_url ?? orderUrl };
    default:
      return { kind: "unavailable", detail };
  }
}
