// What shipping costs: asked whenever the country changes, shown wherever the total stands.

/** @import {StripeElements} from "@stripe/stripe-js" */
/** @import {Quoted} from "./quotes.js" */

import { form } from "./checkout_page.js";
import * as message from "./message.js";
import * as quotes from "./quotes.js";
import { takeNewTotal, total } from "./total.js";
import { say } from "./words.js";

const note = /** @type {HTMLElement} */ (document.getElementById("shipping-note"));

let country = "";
let problem = "";
/** @type {Promise<void>} */
let asking = Promise.resolve();

/**
 * @param {string} chosen
 * @param {StripeElements} elements
 */
export function chosen(chosen, elements) {
  if (chosen === country) return;
  country = chosen;
  asking = askAnew(elements);
}

/**
 * Asks once more for the same country, because something else is to be sent there.
 *
 * @param {StripeElements} elements
 */
export async function chosenAgain(elements) {
  if (country) asking = askAnew(elements);
  await settled();
}

/**
 * Waits for the answer to the latest question, and gives the reason why nothing can be shipped there, if any.
 *
 * @returns {Promise<string>}
 */
export async function settled() {
  for (let seen; seen !== asking; await seen) seen = asking;
  return problem;
}

/** @param {StripeElements} elements */
async function askAnew(elements) {
  const answer = await quotes.ask(country, total.currency);
  if (answer.kind === "outdated") return;
  problem = answer.kind === "refused" ? answer.words : "";
  note.classList.toggle("field-error", problem !== "");
  if (answer.kind === "quoted") return take(answer, elements);
  note.textContent = problem || say("shipping-unknown");
  if (answer.kind === "unanswered") country = ""; // So that choosing it again asks again.
}

/**
 * @param {Quoted} quoted
 * @param {StripeElements} elements
 */
async function take({ subtotal, shipping, total: sum }, elements) {
  const isDearer = subtotal.amount !== Number(form.dataset.subtotal);
  form.dataset.subtotal = String(subtotal.amount);
  await takeNewTotal(sum, shipping, elements, { refresh: isDearer });
  note.textContent = sentence(shipping);
  if (isDearer)
    message.show(say("price-changed", { total: sum.text }), { tone: "news" });
}

/** @param {import("./orders.js").Total} shipping */
function sentence({ amount, text }) {
  const name = new Intl.DisplayNames([document.documentElement.lang], { type: "region" }).of(country) ?? country;
  return amount === 0 ? say("shipping-free", { country: name }) : say("shipping-costs", { country: name, price: text });
}
