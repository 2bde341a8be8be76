import { askApi } from "../api.js";
import { applyAppearance } from "./appearance.js";
import { Chooser } from "./chooser.js";
import { connectFrame, showForm } from "./frame_page.js";
import { WALLETS, fieldsOf, offeredMethods } from "./methods.js";
import { wordsFor } from "./words.js";

/** @typedef {import('./types.js').Configuration} Configuration */
/** @typedef {import('./types.js').Settings} Settings */
/** @typedef {{token: string, name: string}} WalletCard */
/** @typedef {{parameters: any, wallet?: WalletCard}} Order */

const form = /** @type {HTMLFormElement} */ (document.getElementById("payment"));
const chooser = new Chooser(report);
/** @type {Settings | null} */
let settings = null;
/** @type {Map<string, import('./types.js').MethodFields>} */
const built = new Map();
let lastReport = "";

const page = connectFrame({
  open,
  update: open,
  submit,
  confirm,
  createPaymentMethod,
  createConfirmationToken,
  showError,
  focus,
  clear,
  collapse,
});

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
  showForm(form);
}

/** @param {Settings} current */
function offers(current) {
  const types = offeredMethods(/** @type {any} */ (current.session), current.options);
  return types.map((type) => {
    const fields = built.get(type) ?? fieldsOf(type, current, report);
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
 * @param {{id: string} & Order} order  the PaymentIntent and what the page adds
 */
function confirm({ id, parameters, wallet }) {
  return pay(`/v1/payment_intents/${encodeURIComponent(id)}/confirm`, parameters, wallet);
}

/** @param {Order} order */
function createConfirmationToken({ parameters, wallet }) {
  return pay("/v1/confirmation_tokens", parameters, wallet);
}

/**
 * @param {string} path
 * @param {any} parameters
 * @param {WalletCard} [wallet]
 */
async function pay(path, parameters, wallet) {
  const { error, needsWallet } = ready(wallet);
  if (error || needsWallet) return { error, needsWallet };
  const { payment_method: _ignored, payment_method_data: given, ...rest } = parameters;
  return send(path, {
    ...rest,
    ...optionsOf(chooser.selected?.type),
    payment_method_data: filledIn(given, wallet),
  });
}

/**
 * Whether the form can be sent: a wallet pays with a card that its sheet has given.
 * @param {WalletCard} [wallet]
 * @returns {{error?: any, needsWallet?: boolean}}
 */
function ready(wallet) {
  const { error } = submit();
  return { error, needsWallet: !error && !wallet && WALLETS.includes(chooser.selected?.type ?? "") };
}

/**
 * A browser always shows WeChat's code: it is never WeChat itself.
 * @param {string} [type]
 */
function optionsOf(type) {
  return type === "wechat_pay" ? { payment_method_options: { wechat_pay: { client: "web" } } } : {};
}

/** @param {Order} order */
async function createPaymentMethod({ parameters, wallet }) {
  const { error, needsWallet } = ready(wallet);
  return error || needsWallet
    ? { error, needsWallet }
    : send("/v1/payment_methods", filledIn(parameters, wallet));
}

/**
 * @param {any} given  what the page adds, which the form's own fields win over
 * @param {WalletCard} [wallet]
 */
function filledIn(given = {}, wallet) {
  const byWallet = wallet && WALLETS.includes(chooser.selected?.type ?? "");
  const own = byWallet ? walletData(wallet) : /** @type {any} */ (chooser.selected?.fields.data());
  const theirs = given.billing_details ?? {};
  const { address, ...rest } = own.billing_details;
  const billing_details = {
    ...theirs,
    ...withoutUndefined(rest),
    address: { ...theirs.address, ...withoutUndefined(address) },
  };
  return { ...given, ...own, billing_details };
}

/** @param {WalletCard} wallet */
function walletData({ token, name }) {
  return { type: "card", card: { token }, billing_details: { name, address: {} } };
}

/** @param {Record<string, unknown>} values */
function withoutUndefined(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
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

function focus() {
  chooser.selected?.fields.focus();
}

function clear() {
  chooser.selected?.fields.clear();
}

function collapse() {
  chooser.collapse();
}
