import { shapeOf } from "./address_shapes.js";
import { applyAppearance } from "./appearance.js";
import { countriesIn, likelyCountry, postalCodeFault } from "./countries.js";
import { makeField } from "./field.js";
import { connectFrame, showForm } from "./frame_page.js";
import { wordsFor } from "./words.js";

/** The Address Element: a name, where to send things, and a telephone number if the page wants one. */
const form = /** @type {HTMLFormElement} */ (document.getElementById("address"));
const chevron = document.createElement("span");
chevron.className = "Chevron";
/** @typedef {import('./field.js').Field} Field */
/** @type {Record<string, Field>} */
const fields = {
  name: text("name", "name", true),
  firstName: text("firstName", "given-name"),
  lastName: text("lastName", "family-name"),
  country: makeField("country", {
    tag: "select",
    wide: true,
    attributes: { autocomplete: "country" },
    icons: [chevron],
  }),
  line1: text("addressLine1", "address-line1", true),
  line2: text("addressLine2", "address-line2", true),
  city: text("locality", "address-level2"),
  state: text("administrativeArea", "address-level1"),
  postal_code: text("postalCode", "postal-code"),
  phone: makeField("phone", { wide: true, attributes: { type: "tel", autocomplete: "tel" } }),
};
const OPTIONAL = ["line2", "phone"];
/** @type {any} */
let configuration = null;
let words = wordsFor("en");
let lastReport = "";

const page = connectFrame({ open, update: open, submit, value, clear, focus: () => shown()[0]?.[1].input.focus() });
form.append(...Object.values(fields).map((field) => field.element));
for (const [name, field] of Object.entries(fields)) {
  field.input.addEventListener("input", () => {
    field.show("");
    if (name === "country") arrange();
    report();
  });
  field.input.addEventListener("blur", () => {
    const code = faultOf(name);
    field.show(code && !field.isEmpty() ? words.say(code) : "");
  });
}
page.tell("loaded");

/** @param {any} given */
function open(given) {
  const first = configuration === null;
  configuration = { ...configuration, ...given };
  words = wordsFor(configuration.locale);
  document.documentElement.lang = words.language;
  applyAppearance(configuration.appearance, configuration.fonts);
  fillCountries();
  if (first) fillDefaults();
  arrange();
  showForm(form);
  if (first && shown().some(([name, field]) => name !== "country" && !field.isEmpty())) setTimeout(report);
}

function fillCountries() {
  const select = /** @type {HTMLSelectElement} */ (fields["country"]?.input);
  const { allowedCountries, defaultValues } = configuration.options;
  const known = countriesIn(words.language);
  const allowed = known.filter(({ code }) => !allowedCountries || allowedCountries.includes(code));
  const choice = allowed.length ? allowed : known;
  const account = configuration.session?.merchant_country ?? choice[0]?.code ?? "US";
  const chosen =
    select.value || defaultValues?.address?.country || likelyCountry(navigator.languages, account);
  select.replaceChildren(...choice.map(({ code, name }) => new Option(name, code)));
  select.value = choice.some(({ code }) => code === chosen) ? chosen : (choice[0]?.code ?? "");
}

function fillDefaults() {
  const { address, ...rest } = configuration.options.defaultValues ?? {};
  for (const [name, given] of Object.entries({ ...rest, ...address })) {
    const field = fields[name];
    if (!field || name === "country") continue;
    field.input.value = /** @type {any} */ (given) ?? "";
    field.input.dispatchEvent(new Event("restyle"));
  }
}

/** Shows the fields of the chosen country, under that country's names. */
function arrange() {
  const { say } = words;
  const { display, fields: choices, validation } = configuration.options;
  const shape = shapeOf(fields["country"]?.input.value ?? "");
  const split = display?.name === "split";
  const named = choices?.name !== "never";
  /** @type {Record<string, boolean>} */
  const asked = {
    city: shape.city,
    state: shape.state,
    postal_code: shape.postal_code,
    name: named && !split,
    firstName: named && split,
    lastName: named && split,
    phone: choices?.phone === "always",
  };
  /** @type {Record<string, string>} */
  const labels = {
    name: display?.name === "organization" ? "organization" : "name",
    state: shape.stateLabel,
    postal_code: shape.postalCodeLabel,
  };
  for (const [name, field] of Object.entries(fields)) {
    field.element.hidden = asked[name] === false;
    const optional = name === "line2" || (name === "phone" && validation?.phone?.required !== "always");
    const label = say(labels[name] ?? name);
    field.setLabel(optional ? say("optional", { label }) : label, "");
    field.input.setAttribute("aria-required", String(!optional));
  }
  const narrow = ["city", "state", "postal_code"].filter((name) => asked[name]);
  for (const name of narrow)
    fields[name]?.element.classList.toggle("Field--wide", narrow.length % 2 === 1 && name === narrow.at(-1));
}

/**
 * @param {string} name
 * @returns {string | null} Stripe's code for what is wrong
 */
function faultOf(name) {
  const field = fields[name];
  if (!field || field.element.hidden) return null;
  const content = field.input.value.trim();
  const { blockPoBox, validation } = configuration.options;
  if (name === "phone" && content) return /^\+?[\d\s().-]{6,}$/.test(content) ? null : "invalid_phone";
  if (name === "phone") return validation?.phone?.required === "always" ? "incomplete_phone" : null;
  if (name === "line1" && blockPoBox && /\bp\.?\s*o\.?\s*box\b/i.test(content)) return "invalid_po_box";
  if (name === "postal_code" && content) return postalCodeFault(fields["country"]?.input.value ?? "", content);
  return content || OPTIONAL.includes(name) ? null : "incomplete_field";
}

function shown() {
  return Object.entries(fields).filter(([, field]) => !field.element.hidden);
}

/** What the page may know: everything, as at Stripe. */
function value() {
  const content = (/** @type {string} */ name) =>
    fields[name]?.element.hidden ? "" : (fields[name]?.input.value.trim() ?? "");
  const split = configuration.options.display?.name === "split";
  const names = { firstName: content("firstName"), lastName: content("lastName") };
  return {
    complete: shown().every(([name]) => !faultOf(name)),
    isNewAddress: true,
    value: {
      name: split ? `${names.firstName} ${names.lastName}`.trim() : content("name"),
      ...(split && names),
      address: {
        line1: content("line1"),
        line2: content("line2") || null,
        city: content("city"),
        state: content("state"),
        postal_code: content("postal_code"),
        country: content("country"),
      },
      ...(!fields["phone"]?.element.hidden && { phone: content("phone") }),
    },
  };
}

function report() {
  const empty = shown().every(([name, field]) => name === "country" || field.isEmpty());
  const detail = { elementMode: configuration.options.mode, empty, ...value() };
  const now = JSON.stringify(detail);
  if (now === lastReport) return;
  lastReport = now;
  page.tell("states", { empty, complete: detail.complete, invalid: false });
  page.tell("event", { name: "change", detail });
}

function submit() {
  let first = null;
  for (const [name, field] of shown()) {
    const code = faultOf(name);
    field.show(code ? words.say(code) : "");
    if (!code || first) continue;
    first = { type: "validation_error", code, message: words.say(code) };
    field.input.focus();
  }
  return first ? { error: first } : {};
}

function clear() {
  for (const [name, field] of Object.entries(fields)) {
    if (name !== "country") field.input.value = "";
    field.show("");
    field.input.dispatchEvent(new Event("restyle"));
  }
  report();
}

/**
 * @param {string} name
 * @param {string} autocomplete
 * @param {boolean} [wide]
 */
function text(name, autocomplete, wide = false) {
  return makeField(name, { wide, attributes: { type: "text", autocomplete, spellcheck: "false" } });
}
