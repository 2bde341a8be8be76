import { connectModal } from "./modal.js";
import { modalWords } from "./modal_words.js";

/** Any six digits are the right code, but these. https://docs.stripe.com/testing#link */
const REFUSED_CODES = /** @type {Record<string, string>} */ ({
  "000001": "codeWrong",
  "000002": "codeExpired",
  "000003": "codeTooOften",
});

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const part = (/** @type {string} */ name) =>
  /** @type {HTMLElement} */ (document.querySelector(`[data-part="${name}"]`));
const email = /** @type {HTMLInputElement} */ (document.getElementById("link-email"));
const code = /** @type {HTMLInputElement} */ (document.getElementById("link-code"));
let words = modalWords("en");
const { finish } = connectModal(open);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const digits = code.value.replace(/\D/g, "");
  const addressed = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.value.trim());
  const fault = addressed
    ? (REFUSED_CODES[digits] ?? (digits.length === 6 ? "" : "codeIncomplete"))
    : "emailWrong";
  part("fault").textContent = fault ? words.say(fault) : "";
  email.setAttribute("aria-invalid", String(fault === "emailWrong"));
  code.setAttribute("aria-invalid", String(fault.startsWith("code")));
  if (fault) (fault === "emailWrong" ? email : code).focus();
  else finish({ type: "link", name: "Test Customer", email: email.value.trim() });
});

/** @param {{amount: string, business: string, locale: string}} contents  amount as it is read */
function open({ amount, business, locale }) {
  words = modalWords(locale);
  const { say, language } = words;
  document.documentElement.lang = language;
  document.querySelector(".Modal-close")?.setAttribute("aria-label", say("close"));
  part("payTo").textContent = say("payTo", { amount, business });
  part("email").textContent = say("email");
  part("code").textContent = say("code");
  part("pay").textContent = say("pay");
  part("note").textContent = say("linkNote");
}
