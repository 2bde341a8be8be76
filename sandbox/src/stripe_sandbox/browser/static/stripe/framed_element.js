import { openFrame } from "./frames.js";
import { Listeners } from "./listeners.js";
import { IntegrationError } from "./mistakes.js";
import { containerOf, expectation } from "./mounting.js";
import { TRAIN } from "./train.js";

/** @typedef {import('./elements.js').Group} Group */

const STATES = ["focus", "empty", "complete", "invalid"];

const MILLISECONDS_TO_SPEAK = 5000;
/** @type {import('@stripe/stripe-js').StripeError} */
const SILENT = {
  type: "api_connection_error",
  message:
    "The form could not be loaded. A content blocker or Content Security Policy may have stopped it.",
};

/**
 * What differs from one Element to another.
 * @typedef {object} Kind
 * @property {string} type  Stripe's name of the Element
 * @property {string} page  the framed page's name
 * @property {string} title  of the frame
 */

/** An Element that is drawn in a frame, as the group that owns it sees it. The page gets `face`. */
export class FramedElement {
  #listeners = new Listeners();
  /** @type {import('./frames.js').Frame | null} */
  #frame = null;
  /** @type {HTMLElement | null} */
  #container = null;
  #destroyed = false;
  #spoken = false;
  #ready = false;
  /** Settles when the form is drawn, with why it is not if it cannot be. */
  #opened = expectation();
  /** Rejects when the form is taken away. */
  #gone = expectation();

  /**
   * @param {Group} group
   * @param {Kind} kind
   * @param {Record<string, any>} options
   */
  constructor(group, kind, options) {
    this.group = group;
    this.kind = kind;
    this.options = options;
    /** @type {any} */
    this.face = this.makeFace();
  }

  /** Room for the form before it has been measured, so that the page does not jump. Pixels. */
  get expectedHeight() {
    return 80;
  }

  /** @returns {Record<string, string>} what the frame must know before the first message */
  get hints() {
    return { loader: this.group.options["loader"] ?? "auto" };
  }

  /**
   * Refuses what cannot be changed.
   * @param {unknown} options
   * @returns {Record<string, any>}
   */
  checkUpdate(options) {
    return /** @type {Record<string, any>} */ (options ?? {});
  }

  /** @returns {Record<string, (argument: any) => unknown>} what the frame may ask beside the usual */
  get ownCalls() {
    return {};
  }

  /**
   * What this Element adds to a confirmation.
   * @param {{shipping?: any, billing_details?: any}} _contact  changed in place
   */
  addTo(_contact) {}

  /**
   * @param {string} _name
   * @param {any} _detail
   */
  noteEvent(_name, _detail) {}

  get isMounted() {
    return this.#frame !== null;
  }

  /**
   * Asks the form inside the frame, once it is drawn; what was typed never comes out.
   * @param {string} name
   * @param {unknown} [argument]
   * @returns {Promise<any>} `{error}` when the form could not be drawn
   */
  async ask(name, argument) {
    const frame = this.#frame;
    if (!frame) throw new IntegrationError("The Element is not mounted.");
    const failure = await Promise.race([this.#opened.promise, this.#gone.promise]);
    return failure ? { error: failure } : Promise.race([frame.call(name, argument), this.#gone.promise]);
  }

  /** Passes on what changed in the group, if there is a form to see it. */
  async refresh() {
    if (!this.#ready) return;
    const { value: session } = await this.group.session();
    await this.ask("update", { session, ...this.#configuration() });
  }

  /** @returns {any} what the page holds; each kind says which of Stripe's types that is */
  makeFace() {
    return this.commonFace();
  }

  /** The methods that all Elements have. */
  commonFace() {
    /** @typedef {import('./listeners.js').Handler} Handler */
    return {
      on: (/** @type {string} */ event, /** @type {Handler} */ handler) =>
        this.chain(() => this.#listeners.add(event, handler)),
      once: (/** @type {string} */ event, /** @type {Handler} */ handler) =>
        this.chain(() => this.#listeners.add(event, handler, true)),
      off: (/** @type {string} */ event, /** @type {Handler | undefined} */ handler) =>
        this.chain(() => this.#listeners.remove(event, handler)),
      update: (/** @type {unknown} */ options) => this.chain(() => this.#update(options)),
      mount: (/** @type {unknown} */ target) => this.#mount(target),
      unmount: () => this.#unmount(),
      destroy: () => this.#destroy(),
      focus: () => this.whenMounted("focus"),
      blur: () => this.whenMounted("blur"),
      clear: () => this.whenMounted("clear"),
    };
  }

  /** @param {() => void} act */
  chain(act) {
    act();
    return this.face;
  }

  /** @param {unknown} target */
  #mount(target) {
    this.demandAlive();
    const container = containerOf(target);
    if (this.#container === container) return;
    this.#unmount();
    if (container.childNodes.length) container.replaceChildren();
    const holder = document.createElement("div");
    holder.className = "__PrivateStripeElement";
    container.classList.add("StripeElement", "StripeElement--empty");
    container.append(holder);
    this.#container = container;
    this.#opened = expectation();
    this.#gone = expectation();
    this.#frame = openFrame({
      path: `/${TRAIN}/${this.kind.page}.html`,
      title: this.kind.title,
      parent: holder,
      hints: this.hints,
      styles: {
        display: "block",
        // The form keeps four pixels around it free for its focus rings.
        margin: "-4px",
        width: "calc(100% + 8px)",
        "max-width": "none",
        height: `${this.expectedHeight}px`,
      },
      calls: this.#calls(),
    });
    this.#watchLoading(this.#frame);
  }

  /**
   * A frame that was blocked or not found loads something, but never speaks.
   * @param {import('./frames.js').Frame} frame
   */
  #watchLoading(frame) {
    frame.iframe.addEventListener("load", () => {
      setTimeout(() => {
        if (this.#frame === frame && !this.#spoken) this.#fail(SILENT);
      }, MILLISECONDS_TO_SPEAK);
    });
  }

  /** @returns {Record<string, (argument: any) => unknown>} what the frame may ask of the page */
  #calls() {
    return {
      loaded: () => this.#open(),
      height: (/** @type {number} */ pixels) => this.#setHeight(pixels),
      states: (/** @type {Record<string, boolean>} */ states) => {
        for (const state of STATES)
          if (state in states) this.#container?.classList.toggle(`StripeElement--${state}`, states[state]);
      },
      event: ({ name, detail }) => {
        this.noteEvent(name, detail);
        this.emit(name, detail);
      },
      ...this.ownCalls,
    };
  }

  async #open() {
    const frame = this.#frame;
    this.#spoken = true;
    if (this.group.options["loader"] !== "never") this.emit("loaderstart");
    const { value: session, error } = await this.group.session();
    if (frame === null || frame !== this.#frame) return;
    if (error) return this.#fail(error);
    const drawn = await frame.call("open", { session, ...this.#configuration() });
    if (frame !== this.#frame) return;
    this.#ready = true;
    this.#opened.settle(null);
    this.emit("ready", drawn);
  }

  /** @param {import('@stripe/stripe-js').StripeError} error */
  #fail(error) {
    this.#setHeight(0);
    this.#opened.settle(error);
    if (!this.emit("loaderror", { error }))
      console.error(`[Stripe.js] Unhandled ${this.kind.type} Element loaderror`, error);
  }

  #configuration() {
    return { options: this.options, ...this.group.configuration() };
  }

  /** @param {number} pixels */
  #setHeight(pixels) {
    const style = this.#frame?.iframe.style;
    const still =
      this.group.options["appearance"]?.disableAnimations || matchMedia("(prefers-reduced-motion)").matches;
    if (this.#ready && !still) style?.setProperty("transition", "height 160ms ease", "important");
    style?.setProperty("height", `${pixels}px`, "important");
  }

  /**
   * @param {string} name
   * @param {Record<string, unknown>} [detail]
   */
  emit(name, detail) {
    return this.#listeners.emit(name, { elementType: this.kind.type, ...detail });
  }

  /** @param {unknown} options */
  #update(options) {
    this.demandAlive();
    const changes = this.checkUpdate(options);
    this.options = { ...this.options, ...changes };
    this.refresh().catch(() => undefined);
  }

  /** @param {string} name */
  whenMounted(name) {
    this.demandAlive();
    if (!this.#frame)
      throw new IntegrationError(`This Element is not mounted: element.${name}() needs a mounted Element.`);
    if (name === "focus") this.#frame.iframe.focus();
    void this.ask(name).catch(() => undefined);
  }

  #unmount() {
    this.#frame?.close();
    this.#gone.fail(
      new IntegrationError("This Element is no longer mounted; what was typed into it is gone."),
    );
    this.#frame = null;
    this.#ready = false;
    this.#spoken = false;
    this.#container?.classList.remove("StripeElement", ...STATES.map((state) => `StripeElement--${state}`));
    this.#container?.replaceChildren();
    this.#container = null;
  }

  #destroy() {
    this.demandAlive();
    this.#unmount();
    this.#listeners.clear();
    this.#destroyed = true;
    this.group.forget(this);
  }

  demandAlive() {
    if (this.#destroyed)
      throw new IntegrationError("This Element has already been destroyed. Please create a new one.");
  }
}
