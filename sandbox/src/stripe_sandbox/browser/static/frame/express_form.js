import { applyAppearance } from "./appearance.js";
import { connectFrame, showForm } from "./frame_page.js";
import { wordsFor } from "./words.js";

/** The Express Checkout Element: one button for each wallet that is there. */
const form = /** @type {HTMLFormElement} */ (document.getElementById("express"));
const buttons = { google_pay: makeButton("google_pay", "Google Pay"), link: makeButton("link", "Link") };
/** @type {any} */
let configuration = null;

const page = connectFrame({
  open,
  update: open,
  submit: () => ({}),
  clear: () => undefined,
  focus: () => form.querySelector("button")?.focus(),
});
page.tell("loaded");

/**
 * @param {any} given
 * @returns {{availablePaymentMethods: Record<string, boolean> | undefined}}
 */
function open(given) {
  configuration = { ...configuration, ...given };
  const { options, locale, appearance, fonts, session } = configuration;
  const words = wordsFor(locale);
  document.documentElement.lang = words.language;
  applyAppearance(appearance, fonts);
  const wanted = { ...options.wallets, ...options.paymentMethods };
  const types = session.payment_method_preference.ordered_payment_method_types;
  const googlePay = wanted.googlePay !== "never" && Boolean(session.wallets?.includes("google_pay"));
  const link = wanted.link !== "never" && types.includes("link");
  const white = options.buttonTheme?.googlePay === "white";
  buttons.google_pay.classList.toggle("ExpressButton--white", white);
  for (const button of Object.values(buttons)) {
    button.style.height = `${options.buttonHeight ?? 44}px`;
    button.setAttribute("aria-label", words.say("payWith", { method: button.textContent ?? "" }));
  }
  form.replaceChildren(...(googlePay ? [buttons.google_pay] : []), ...(link ? [buttons.link] : []));
  showForm(form);
  const others = { amazonPay: false, applePay: false, paypal: false, klarna: false };
  return { availablePaymentMethods: googlePay || link ? { ...others, googlePay, link } : undefined };
}

/**
 * @param {string} wallet
 * @param {string} label
 */
function makeButton(wallet, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.id = `${wallet}-button`;
  button.className = `ExpressButton ExpressButton--${wallet}`;
  button.textContent = label;
  button.addEventListener("click", () => page.tell("clicked", wallet));
  return button;
}
