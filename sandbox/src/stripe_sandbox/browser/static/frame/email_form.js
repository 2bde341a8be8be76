import { applyAppearance } from "./appearance.js";
import { makeField } from "./field.js";
import { connectFrame, showForm } from "./frame_page.js";
import { emailFault } from "./iban.js";
import { wordsFor } from "./words.js";

/** The Link Authentication Element's one field. */
const form = /** @type {HTMLFormElement} */ (document.getElementById("email"));
const field = makeField("email", {
  wide: true,
  attributes: { type: "email", autocomplete: "email", "aria-required": "true" },
});
let words = wordsFor("en");
let lastReport = "";

const page = connectFrame({ open, update: open, submit, clear, focus: () => field.input.focus() });
form.append(field.element);
field.input.addEventListener("input", () => {
  field.show("");
  report();
});
field.input.addEventListener("blur", () => {
  const fault = emailFault(field.input.value);
  field.show(fault && !field.isEmpty() ? words.say(fault) : "");
});
page.tell("loaded");

/** @param {any} configuration */
function open({ options, locale, appearance, fonts }) {
  words = wordsFor(locale);
  document.documentElement.lang = words.language;
  applyAppearance(appearance, fonts);
  field.setLabel(words.say("email"), "");
  if (form.hidden) field.input.value = options.defaultValues?.email ?? "";
  field.input.dispatchEvent(new Event("restyle"));
  const first = form.hidden;
  showForm(form);
  // A page that fills the field in hears of it as soon as it is drawn.
  if (first && !field.isEmpty()) setTimeout(report);
}

function report() {
  const email = field.input.value.trim();
  const detail = { empty: email === "", complete: !emailFault(email), value: { email } };
  const now = JSON.stringify(detail);
  if (now === lastReport) return;
  lastReport = now;
  page.tell("states", { empty: detail.empty, complete: detail.complete, invalid: false });
  page.tell("event", { name: "change", detail });
}

function submit() {
  const code = emailFault(field.input.value);
  if (!code) return {};
  field.show(words.say(code));
  field.input.focus();
  return { error: { type: "validation_error", code, message: words.say(code) } };
}

function clear() {
  field.input.value = "";
  field.show("");
  field.input.dispatchEvent(new Event("restyle"));
  report();
}
