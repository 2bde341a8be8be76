import { askApi } from "../api.js";
import { openChannel } from "../channel.js";
import { applyAppearance } from "./appearance.js";
import { Chooser } from "./chooser.js";
import { METHODS, offeredMethods } from "./methods.js";
import { wordsFor } from "./words.js";

/** @typedef {import('./types.js').Configuration} Configuration */
/** @typedef {import('./types.js').Settings} Settings */

const hints = new URLSearchParams(location.hash.slice(1));
const form = /** @type {HTMLFormElement} */ (document.getElementById("payment"));
const skeleton = /** @type {HTMLElement} */ (document.querySelector(".Skeleton"));
const chooser = new Chooser(report);
/** @type {Settings | null} */
let settings = null;
/** @type {Map<string, import('./types.js').MethodFields>} */
const built = new Map();
let lastReport = "";

const page = openChannel({
  peer: () => window.parent,
  origin: hints.get("origin") ?? "",
  name: hints.get("channel") ?? "",
  calls: {
    open,
    update: open,
    submit,
    confirm,
    createPaymentMethod,
    showError,
    focus,
    blur,
    clear,
    collapse,
  },
});

skeleton.hidden = hints.get("loader") === "never";
skeleton.classList.toggle("Skeleton--tabs", hints.get("layout") === "tabs");
new ResizeObserver(() => {
  if (!skeleton.hidden || settings)
    page.tell("height", Math.ceil(document.body.getBoundingClientRect().height));
}).observe(document.body);
document.addEventListener("focusin", (event) => event.relatedTarget || showFocus(true));
document.addEventListener("focusout", (event) => event.relatedTarget || showFocus(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") page.tell("event", { name: "escape" });
});
form.addEventListener("submit", (event) => event.preventDefault());
page.tell("loaded");

/**
 * Draws the form, or draws it anew with what has changed.
 * @param {Configuration} configuration
 */
function open(configuration) {
  const session = configuration.session ?? settings?.session;
  if (!session) return;
  const words = wordsFor(configuration.locale);
  settings = {
    ...configuration,
    session,
    words,
    accountCountry: session.merchant_country,
    business: configuration.options.business?.name ?? session.business_name,
    futureUsage: configuration.futureUsage ?? session.payment_intent?.setup_future_usage ?? null,
  };
  document.documentElement.lang = words.language;
  applyAppearance(configuration.appearance, configuration.fonts);
  chooser.draw(offers(settings), settings);
  if (!chooser.element.isConnected) form.append(chooser.element);
  skeleton.hidden = true;
  form.hidden = false;
}

/** @param {Settings} current */
function offers(current) {
  const types = offeredMethods(/** @type {any} */ (current.session), current.options.paymentMethodOrder);
  return types.map((type) => {
    const fields = built.get(type) ?? METHODS[type]?.build(current, report);
    if (!fields) throw new Error(`${type} is not among the methods`);
    if (built.has(type)) fields.update(current);
    built.set(type, fields);
    return { type, fields };
  });
}

/** Tells the page how the form stands, without what is in it. */
function report() {
  const chosen = chooser.selected;
  const empty = chosen?.fields.isEmpty ?? true;
  const complete = chosen?.fields.isComplete ?? false;
  const value = {
    type: chosen?.type ?? "",
    ...(chosen && { billingDetails: chosen.fields.billingDetails() }),
  };
  const detail = { empty, complete, collapsed: chooser.isCollapsed, value };
  const now = JSON.stringify(detail);
  if (now === lastReport) return;
  lastReport = now;
  page.tell("states", { empty, complete, invalid: false });
  page.tell("event", { name: "change", detail });
}

/** Checks the form and shows what is wrong with it. */
function submit() {
  const chosen = chooser.selected;
  const fault = chosen
    ? chosen.fields.check()
    : {
        code: "incomplete_payment_details",
        message: settings?.words.say("incomplete_payment_details") ?? "",
      };
  if (fault) page.tell("states", { invalid: true });
  return fault ? { error: { type: "validation_error", ...fault } } : { selectedPaymentMethod: chosen?.type };
}

/**
 * Sends the payment with what was typed: the page never holds it.
 * @param {{id: string, parameters: any}} order  the PaymentIntent and what the page adds
 */
async function confirm({ id, parameters }) {
  const { error } = submit();
  if (error) return { error };
  const { payment_method: _ignored, payment_method_data: given, ...rest } = parameters;
  return send(`/v1/payment_intents/${encodeURIComponent(id)}/confirm`, {
    ...rest,
    payment_method_data: filledIn(given),
  });
}

/** @param {{parameters: any}} order */
async function createPaymentMethod({ parameters }) {
  const { error } = submit();
  return error ? { error } : send("/v1/payment_methods", filledIn(parameters));
}

/** @param {any} given  what the page adds, which the form's own fields win over */
function filledIn(given = {}) {
  const own = /** @type {any} */ (chooser.selected?.fields.data());
  const theirs = given.billing_details ?? {};
  const asked = Object.entries(own.billing_details.address).filter(([, value]) => value !== undefined);
  const address = { ...theirs.address, ...Object.fromEntries(asked) };
  return { ...given, ...own, billing_details: { ...theirs, address } };
}

/**
 * @param {string} path
 * @param {Record<string, unknown>} parameters
 */
async function send(path, parameters) {
  const fields = chooser.selected?.fields;
  // The page says as whom, never where to: cards go to the sandbox that this frame came from.
  const access = {
    .../** @type {Settings} */ (settings).access,
    base: new URL("..", document.baseURI).href.slice(0, -1),
  };
  fields?.setBusy(true);
  const answer = await askApi(access, "POST", path, parameters);
  fields?.setBusy(false);
  if (answer.error?.type === "card_error") showError(answer.error);
  return answer;
}

/** @param {{code?: string, message?: string}} error */
function showError(error) {
  page.tell("states", { invalid: true });
  chooser.selected?.fields.showError(error);
}

/** @param {boolean} focused */
function showFocus(focused) {
  page.tell("states", { focus: focused });
  page.tell("event", { name: focused ? "focus" : "blur" });
}

function focus() {
  chooser.selected?.fields.focus();
}

function blur() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function clear() {
  chooser.selected?.fields.clear();
}

function collapse() {
  chooser.collapse();
}
