import { connectModal } from "./modal.js";
import { modalWords } from "./modal_words.js";

/**
 * The wallet's cards: Google's own test cards are named like Stripe's. The token is what the wallet would give.
 * @type {ReadonlyArray<{token: string, brand: string, last4: string, note: string}>}
 */
const CARDS = [
  { token: "tok_google_pay_visa", brand: "visa", last4: "4242", note: "succeeds" },
  { token: "tok_google_pay_mastercard", brand: "mastercard", last4: "4444", note: "succeeds" },
  { token: "tok_google_pay_amex", brand: "amex", last4: "0005", note: "succeeds" },
  { token: "tok_google_pay_chargeDeclined", brand: "visa", last4: "0002", note: "declines" },
];
const BRANDS = /** @type {Record<string, string>} */ ({
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
});

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const part = (/** @type {string} */ name) =>
  /** @type {HTMLElement} */ (document.querySelector(`[data-part="${name}"]`));
const { finish } = connectModal(open);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const token = new FormData(form).get("card");
  finish({ type: "card", token, name: "Test Customer", email: "google.pay@example.com" });
});

/** @param {{amount: string, business: string, locale: string}} contents  amount as it is read */
function open({ amount, business, locale }) {
  const { say, language } = modalWords(locale);
  document.documentElement.lang = language;
  document.querySelector(".Modal-close")?.setAttribute("aria-label", say("close"));
  part("title").textContent = say("googlePay");
  part("payTo").textContent = say("payTo", { amount, business });
  part("legend").textContent = say("chooseCard");
  part("pay").textContent = say("pay");
  part("note").textContent = say("sandboxNote");
  part("cards").append(...CARDS.map((card, index) => row(card, index === 0, say(card.note))));
}

/**
 * @param {typeof CARDS[number]} card
 * @param {boolean} chosen
 * @param {string} note
 */
function row({ token, brand, last4 }, chosen, note) {
  const label = document.createElement("label");
  label.className = "Card";
  const radio = document.createElement("input");
  Object.assign(radio, { type: "radio", name: "card", value: token, checked: chosen });
  const icon = document.createElement("img");
  icon.src = new URL(`../sandbox-assets/icons/${brand}.svg`, document.baseURI).href;
  icon.alt = "";
  const text = document.createElement("span");
  text.textContent = `${BRANDS[brand]} \u2022\u2022\u2022\u2022 ${last4}`;
  const small = document.createElement("small");
  small.textContent = note;
  text.append(small);
  label.append(radio, icon, text);
  return label;
}
