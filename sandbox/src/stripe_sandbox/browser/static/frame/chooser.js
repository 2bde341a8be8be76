import { METHODS } from "./methods.js";

/** @typedef {import('./types.js').Settings} Settings */
/** @typedef {import('./types.js').MethodFields} MethodFields */
/** @typedef {{type: string, fields: MethodFields}} Offer */

/** The rows (accordion) or tabs among which a way to pay is chosen; the chosen one shows its fields. */
export class Chooser {
  element = document.createElement("div");
  /** @type {Offer | null} */
  selected = null;
  /** @type {Offer[]} */
  #offers = [];

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
  }

  get isCollapsed() {
    return this.selected === null;
  }

  /**
   * @param {Offer[]} offers
   * @param {Settings} settings
   */
  draw(offers, settings) {
    const first = this.#offers.length === 0;
    this.#offers = offers;
    const layout = layoutOf(settings);
    if (first && !(layout.type === "accordion" && startsCollapsed(layout, offers, settings)))
      this.selected = offers[0] ?? null;
    if (!offers.includes(/** @type {Offer} */ (this.selected)) && this.selected)
      this.selected = offers[0] ?? null;
    const focused = document.activeElement;
    if (layout.type === "tabs") this.#drawTabs(settings);
    else this.#drawAccordion(layout, settings);
    if (focused instanceof HTMLElement && this.element.contains(focused)) focused.focus();
  }

  collapse() {
    this.#select(null);
  }

  /** @param {Offer | null} offer */
  #select(offer) {
    if (this.selected === offer) return;
    this.selected = offer;
    this.#markSelected();
    this.changed();
  }

  /** @param {Settings} settings */
  #drawTabs(settings) {
    this.element.className = "Tabs";
    const list = document.createElement("div");
    list.className = "TabList";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", settings.words.say("methods"));
    list.hidden = this.#offers.length < 2;
    list.append(...this.#offers.map((offer) => this.#header(offer, "Tab", settings, [])));
    list.addEventListener("keydown", (event) => this.#moveByArrow(event, list));
    this.element.replaceChildren(list, ...this.#offers.map((offer) => this.#panel(offer, "tabpanel")));
    this.#markSelected();
  }

  /**
   * @param {ReturnType<typeof layoutOf>} layout
   * @param {Settings} settings
   */
  #drawAccordion(layout, settings) {
    this.element.className = layout.spacedAccordionItems ? "Accordion Accordion--spaced" : "Accordion";
    const several = this.#offers.length > 1;
    const choice =
      layout.radios === true ? "always" : layout.radios === false ? "never" : (layout.radios ?? "auto");
    const radios = choice === "always" || (choice !== "never" && several);
    const items = this.#offers.map((offer) => {
      const item = document.createElement("div");
      item.className = "AccordionItem";
      item.dataset["type"] = offer.type;
      const radio = document.createElement("span");
      radio.className = "RadioIcon";
      const header = this.#header(offer, "AccordionItem-header", settings, radios ? [radio] : []);
      if (layout.paymentMethodLogoPosition === "end") header.classList.add("AccordionItem-header--logoLast");
      item.append(header, this.#panel(offer, "region"));
      return item;
    });
    this.element.replaceChildren(...items);
    this.#markSelected();
  }

  /**
   * @param {Offer} offer
   * @param {string} className
   * @param {Settings} settings
   * @param {Node[]} before
   */
  #header(offer, className, settings, before) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = className;
    button.id = `${offer.type}-tab`;
    button.value = offer.type;
    button.dataset["testid"] = offer.type;
    button.setAttribute("aria-controls", `${offer.type}-panel`);
    if (className === "Tab") button.setAttribute("role", "tab");
    const method = METHODS[offer.type];
    const icon = document.createElement("span");
    icon.className = `MethodIcon MethodIcon--${offer.type}`;
    icon.classList.add(className === "Tab" ? "TabIcon" : "PaymentMethodIcon");
    const label = document.createElement("span");
    label.className = className === "Tab" ? "TabLabel" : "AccordionItem-label";
    label.textContent = settings.words.say(method?.label ?? offer.type);
    button.append(...before, icon, label);
    button.addEventListener("click", () => this.#select(offer));
    return button;
  }

  /**
   * @param {Offer} offer
   * @param {string} role
   */
  #panel(offer, role) {
    const panel = document.createElement("div");
    panel.className = "Panel";
    panel.id = `${offer.type}-panel`;
    panel.setAttribute("role", role);
    panel.setAttribute("aria-labelledby", `${offer.type}-tab`);
    panel.append(offer.fields.element);
    return panel;
  }

  #markSelected() {
    for (const offer of this.#offers) {
      const chosen = offer === this.selected;
      const header = this.element.querySelector(`#${offer.type}-tab`);
      const panel = this.element.querySelector(`#${offer.type}-panel`);
      if (panel instanceof HTMLElement) panel.hidden = !chosen;
      if (!(header instanceof HTMLElement)) continue;
      const isTab = header.getAttribute("role") === "tab";
      header.setAttribute(isTab ? "aria-selected" : "aria-expanded", String(chosen));
      if (isTab) header.tabIndex = chosen || this.isCollapsed ? 0 : -1;
      header.classList.toggle("Tab--selected", isTab && chosen);
      header.closest(".AccordionItem")?.classList.toggle("AccordionItem--selected", chosen);
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLElement} list
   */
  #moveByArrow(event, list) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = /** @type {HTMLElement[]} */ ([...list.children]);
    const here = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = tabs[(here + step + tabs.length) % tabs.length];
    next?.focus();
    next?.click();
    event.preventDefault();
  }
}

/**
 * @param {Settings} settings
 * @returns {import('@stripe/stripe-js').LayoutObject & {radios?: any}}
 */
function layoutOf(settings) {
  const given = settings.options.layout ?? settings.defaultLayout;
  const layout = typeof given === "string" ? { type: given } : given;
  return layout.type === "auto" ? { ...layout, type: settings.defaultLayout } : layout;
}

/**
 * @param {import('@stripe/stripe-js').LayoutObject} layout
 * @param {Offer[]} offers
 * @param {Settings} settings
 */
function startsCollapsed(layout, offers, settings) {
  return layout.defaultCollapsed ?? (settings.collapsesByDefault && offers.length > 1);
}
