// The checkout: one button, pressed once or many times, leads to one order and one payment.

/** @import {Stripe, StripeElementLocale, StripeElements} from "@stripe/stripe-js" */
/** @import {Address} from "./address_form.js" */
/** @import {Answer} from "./orders.js" */

import * as addressForm from "./address_form.js";
import { checkoutKey, customerEmail, emailField, form, items, report } from "./checkout_page.js";
import { confirm, showDecline } from "./confirming.js";
import * as email from "./email.js";
import * as message from "./message.js";
import * as orders from "./orders.js";
import { showRefusal } from "./refusal.js";
import * as shipping from "./shipping.js";
import * as stripeForms from "./stripe_forms.js";
import * as stripeJs from "./stripe_js.js";
import { total } from "./total.js";
import { say } from "./words.js";

const payButton = /** @type {HTMLButtonElement} */ (document.getElementById("pay"));
const locale = /** @type {StripeElementLocale} */ (form.dataset.locale);

/** @type {Stripe | undefined} */
let stripe;
/** @type {StripeElements | undefined} */
let elements;
let isBusy = false;

start(stripeJs.loaded());

if (emailField) email.watch(emailField);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void pressed();
});
// A page that comes back from the browser's memory may show an order paid since: ask the shop again.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

/** @param {Promise<import("@stripe/stripe-js").StripeConstructor>} loading */
async function start(loading) {
  stripeForms.showState("loading");
  try {
    const construct = await loading;
    report("stripe_js_loaded");
    stripe ??= construct(form.dataset.publishableKey ?? "", { locale });
    elements = await stripeForms.mount(stripe, total);
    stripeForms.showState("ready");
    message.clear();
    await followShipping(elements);
  } catch (error) {
    showNotLoaded(error);
    return;
  }
  payButton.disabled = false;
}

/**
 * Lets the total follow the address; resolves when the first total is there, or why there is none.
 *
 * @param {StripeElements} elements
 */
async function followShipping(elements) {
  await addressForm.followCountry((country) => shipping.chosen(country, elements));
  await shipping.settled();
}

/** @param {unknown} error */
function showNotLoaded(error) {
  if (stripe) report("loaderror", { type: error instanceof Error ? error.message.slice(0, 60) : "unknown" });
  else report("stripe_js_failed");
  stripeForms.showState("failed");
  message.show(say("form-failed"), { choice: { words: say("try-again"), press: () => void startAgain() } });
}

function startAgain() {
  message.clear();
  return start(stripeJs.loadedAgain());
}

/** One press of Pay. Further presses wait until this one is answered. */
async function pressed() {
  if (isBusy || !stripe || !elements) return;
  setBusy(true);
  message.clear();
  report("submit");
  try {
    if (await pay(stripe, elements)) return; // The order page is on its way: stay busy until it is here.
  } catch (error) {
    report("exception", { name: error instanceof Error ? error.name : "unknown" });
    message.show(say("page-broke"));
  }
  setBusy(false);
}

/**
 * @param {Stripe} stripe
 * @param {StripeElements} elements
 * @returns {Promise<boolean>}  whether the browser is leaving for the order page
 */
async function pay(stripe, elements) {
  const agreed = total.amount;
  const emailProblem = emailField ? email.problemWith(emailField.value) : "";
  // Before anything that waits: wallets open their window only while the press is fresh.
  const { error } = await elements.submit();
  if (emailField) email.showProblem(emailField, emailProblem);
  if (emailProblem) emailField?.focus();
  if (error && !emailProblem) showDecline(error);
  if (error || emailProblem) return false;
  const address = await readyAddress(agreed);
  if (!address) return false;
  const answer = await askForOrder(address);
  if (answer.kind !== "payable") return showRefusal(answer, elements);
  return confirm(stripe, elements, answer);
}

/**
 * The address to ship to for the total that stood on the button when it was pressed; else says why not.
 *
 * @param {number} agreed  minor units
 * @returns {Promise<Address | null>}
 */
async function readyAddress(agreed) {
  const problem = await shipping.settled();
  const address = await addressForm.value();
  if (problem) message.show(say("not-shipped", { reason: problem }));
  else if (!address) message.show(say("address-missing"));
  else if (total.amount === agreed) return address;
  else message.show(say("total-with-shipping"), { tone: "news" });
  return null;
}

/**
 * @param {Address} address
 * @returns {Promise<Answer>}
 */
function askForOrder(address) {
  const orderUrl = form.dataset.orderUrl;
  if (orderUrl) return orders.openPayment(orderUrl, address, total.amount);
  return orders.place({
    checkout_key: checkoutKey(),
    cart: form.dataset.isOfCart === "true",
    items: items(),
    currency: total.currency,
    email: customerEmail(),
    shipping_address: address,
    total: total.amount,
  });
}

/** @param {boolean} busy */
function setBusy(busy) {
  isBusy = busy;
  // Not `disabled`, which would take the focus away from whoever pressed it by keyboard.
  payButton.setAttribute("aria-disabled", String(busy));
  form.setAttribute("aria-busy", String(busy));
  payButton.classList.toggle("is-busy", busy);
}
