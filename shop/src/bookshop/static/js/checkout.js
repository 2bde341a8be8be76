// The checkout: one button, pressed once or many times, leads to one order and one payment.

/** @import {Stripe, StripeElements, StripeError} from "@stripe/stripe-js" */
/** @import {Answer, Payable, Total} from "./orders.js" */

import { note } from "./browser_events.js";
import * as email from "./email.js";
import * as message from "./message.js";
import * as orders from "./orders.js";
import * as paymentForm from "./payment_form.js";
import * as stripeJs from "./stripe_js.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("checkout"));
const payButton = /** @type {HTMLButtonElement} */ (document.getElementById("pay"));
const emailField = /** @type {HTMLInputElement | null} */ (document.getElementById("email"));
const checkoutKey = form.dataset.checkoutKey ?? "";
const total = { amount: Number(form.dataset.amount), currency: form.dataset.currency ?? "" };
const FINISHED = new Set(["succeeded", "processing", "requires_capture"]);

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

/**
 * @param {string} name
 * @param {Record<string, string | number | boolean>} [detail]
 */
function report(name, detail) {
  note(checkoutKey, name, detail);
}

/** @param {Promise<import("@stripe/stripe-js").StripeConstructor>} loading */
async function start(loading) {
  paymentForm.showState("loading");
  try {
    const construct = await loading;
    report("stripe_js_loaded");
    stripe ??= construct(form.dataset.publishableKey ?? "", { locale: "en" });
    elements = await paymentForm.mount(stripe, total, report);
  } catch (error) {
    showNotLoaded(error);
    return;
  }
  paymentForm.showState("ready");
  message.clear();
  payButton.disabled = false;
}

/** @param {unknown} error */
function showNotLoaded(error) {
  if (stripe) report("loaderror", { type: error instanceof Error ? error.message.slice(0, 60) : "unknown" });
  else report("stripe_js_failed");
  paymentForm.showState("failed");
  message.show(
    "The payment form could not be loaded. Nothing has been ordered or charged. Please check your connection, " +
      "and that nothing on your device blocks Stripe.",
    { choice: { words: "Try again", press: () => void startAgain() } },
  );
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
    message.show("Something went wrong on this page. Please load it again: an order is never charged twice.");
  }
  setBusy(false);
}

/**
 * @param {Stripe} stripe
 * @param {StripeElements} elements
 * @returns {Promise<boolean>}  whether the browser is leaving for the order page
 */
async function pay(stripe, elements) {
  const emailProblem = emailField ? email.problemWith(emailField.value) : "";
  // Before anything that waits: wallets open their window only while the press is fresh.
  const { error } = await elements.submit();
  if (emailField) email.showProblem(emailField, emailProblem);
  if (emailProblem) emailField?.focus();
  if (error && !emailProblem) showDecline(error);
  if (error || emailProblem) return false;
  const answer = await askForOrder();
  if (answer.kind !== "payable") return showRefusal(answer, elements);
  return confirm(stripe, elements, answer);
}

/** @returns {Promise<Answer>} */
function askForOrder() {
  const orderUrl = form.dataset.orderUrl;
  if (orderUrl) return orders.openPayment(orderUrl, total.amount);
  return orders.place({
    checkout_key: checkoutKey,
    items: JSON.parse(form.dataset.items ?? "[]"),
    currency: total.currency,
    email: customerEmail(),
    total: total.amount,
  });
}

function customerEmail() {
  return (emailField?.value ?? document.getElementById("known-email")?.textContent ?? "").trim();
}

/**
 * @param {Stripe} stripe
 * @param {StripeElements} elements
 * @param {Payable} order
 * @returns {Promise<boolean>}
 */
async function confirm(stripe, elements, { clientSecret, returnUrl, orderUrl }) {
  const { error } = await stripe.confirmPayment({
    elements,
    clientSecret,
    confirmParams: {
      return_url: returnUrl,
      payment_method_data: { billing_details: { email: customerEmail() } },
    },
    redirect: "if_required",
  });
  if (!error || FINISHED.has(error.payment_intent?.status ?? "")) return leaveFor(orderUrl);
  report("declined", { type: error.type, code: error.code ?? "" });
  if (error.type === "card_error" || error.type === "validation_error") showDecline(error);
  else if (error.code === "payment_intent_authentication_failure") showNotAuthenticated();
  else await showUnclear(stripe, clientSecret, orderUrl);
  return false;
}

/** @param {string} orderUrl */
function leaveFor(orderUrl) {
  location.assign(orderUrl);
  return true;
}

/**
 * Stripe's words for what the customer can mend; they are written for customers and in their language.
 *
 * @param {StripeError} error
 */
function showDecline(error) {
  const words = error.message || "This payment was refused.";
  message.show(error.type === "card_error" ? `${words} You have not been charged.` : words);
}

/** The bank's window was closed, refused, or ran out of time. */
function showNotAuthenticated() {
  message.show(
    "Your bank did not confirm that it was you, so nothing was paid. You have not been charged. Please try " +
      "again, or use another card.",
  );
}

/**
 * The answer to a payment was lost or makes no sense. Whether money moved is Stripe's to say, so ask.
 *
 * @param {Stripe} stripe
 * @param {string} clientSecret
 * @param {string} orderUrl
 */
async function showUnclear(stripe, clientSecret, orderUrl) {
  const { paymentIntent } = await stripe.retrievePaymentIntent(clientSecret);
  if (paymentIntent && FINISHED.has(paymentIntent.status)) {
    leaveFor(orderUrl);
  } else if (paymentIntent) {
    message.show("The payment could not be completed. You have not been charged. Please press the button again.");
  } else {
    message.show(
      "The connection broke while you were paying, so we cannot say yet whether it went through. Your order " +
        "knows: look there first. It can only be charged once.",
      { link: { words: "See your order", href: orderUrl } },
    );
  }
}

/**
 * @param {Exclude<Answer, Payable>} answer
 * @param {StripeElements} elements
 * @returns {Promise<false>}
 */
async function showRefusal(answer, elements) {
  report("refused", { kind: answer.kind });
  switch (answer.kind) {
    case "invalid":
      showInvalid(answer.detail, answer.errors);
      break;
    case "total-changed":
      await takeNewTotal(answer.total, elements);
      message.show(answer.detail, { tone: "news" });
      break;
    case "already-paid":
      message.show(answer.detail, { tone: "news", link: { words: "See your order", href: answer.orderUrl } });
      break;
    case "unavailable":
      message.show(answer.detail);
  }
  return false;
}

/**
 * @param {string} detail
 * @param {Record<string, string>} errors
 */
function showInvalid(detail, { email: emailProblem, ...others }) {
  if (emailField && emailProblem) {
    email.showProblem(emailField, emailProblem);
    emailField.focus();
  }
  const words = Object.values(others);
  if (words.length > 0 || !emailField || !emailProblem) message.show([detail, ...words].join(" "));
}

/**
 * Shows the new total wherever the old one stood, and tells the Payment Element.
 *
 * @param {Total} changed
 * @param {StripeElements} elements
 */
async function takeNewTotal({ amount, text }, elements) {
  total.amount = amount;
  form.dataset.totalText = text;
  await Promise.all([elements.update({ amount }), refreshReceipt()]);
  for (const place of document.querySelectorAll("[data-total]")) place.textContent = text;
}

/** Takes the lines with their new prices from a fresh copy of this page; the old ones stay if that fails. */
async function refreshReceipt() {
  try {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("receipt");
    if (fresh) document.getElementById("receipt")?.replaceWith(document.adoptNode(fresh));
  } catch {
    // The total is right either way, and it is what the button says.
  }
}

/** @param {boolean} busy */
function setBusy(busy) {
  isBusy = busy;
  // Not `disabled`, which would take the focus away from whoever pressed it by keyboard.
  payButton.setAttribute("aria-disabled", String(busy));
  form.setAttribute("aria-busy", String(busy));
  payButton.classList.toggle("is-busy", busy);
}
