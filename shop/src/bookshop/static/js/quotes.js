// Asks the shop what the checkout comes to when it goes to a country. Only the latest question counts.

/** @import {Total} from "./orders.js" */

import { checkoutKey, items } from "./checkout_page.js";
import { send } from "./orders.js";

const PAUSE = 200; // milliseconds, so that somebody who walks through the list by keyboard asks once
const PATIENCE = 10_000; // milliseconds

/**
 * @typedef {{kind: "quoted", subtotal: Total, shipping: Total, total: Total}} Quoted
 * @typedef {{kind: "refused", words: string}} Refused
 * @typedef {{kind: "unanswered"}} Unanswered
 * @typedef {{kind: "outdated"}} Outdated  another question was asked since
 */

let questions = 0;
/** @type {AbortController | undefined} */
let open;

/**
 * @param {string} country
 * @param {string} currency
 * @returns {Promise<Quoted | Refused | Unanswered | Outdated>}
 */
export async function ask(country, currency) {
  const mine = ++questions;
  open?.abort();
  if (mine > 1) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (mine !== questions) return { kind: "outdated" };
  open = new AbortController();
  const answer = await answered({ checkout_key: checkoutKey(), items: items(), currency, country }, open.signal);
  return mine === questions ? answer : { kind: "outdated" };
}

/**
 * @param {object} question
 * @param {AbortSignal} outdated
 * @returns {Promise<Quoted | Refused | Unanswered>}
 */
async function answered(question, outdated) {
  try {
    const response = await send("/quotes", question, AbortSignal.any([outdated, AbortSignal.timeout(PATIENCE)]));
    const answer = await response.json();
    if (response.ok) return { kind: "quoted", ...answer };
    const words = Object.values(answer.errors ?? {}).join(" ");
    return words ? { kind: "refused", words } : { kind: "unanswered" };
  } catch {
    return { kind: "unanswered" };
  }
}
