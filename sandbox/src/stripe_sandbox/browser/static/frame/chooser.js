import { makeIcon } from "./field.js";
import { METHODS, WALLETS } from "./methods.js";
import { splitTabs, tabsThatFit } from "./tab_overflow.js";

/** @typedef {import('./types.js').Settings} Settings */
/** @typedef {import('./types.js').MethodFields} MethodFields */
/** @typedef {{type: string, fields: MethodFields}} Offer */

/** Rows before "More", unless the page says otherwise. */
const VISIBLE_ROWS = 5;

/** The rows (accordion) or tabs among which a way to pay is chosen; the chosen one shows its fields. */
export class Chooser {
  element = document.createElement("div");
  /** @type {Offer | null} */
  selected = null;
  /** @type {Offer[]} */
  #offers = [];

  #menu = document.createElement("select");
  /** Whether the rows behind "More" were asked for. */
  #expanded = false;

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.#menu.className = "TabMenu";
    this.#menu.addEventListener("change", () => {
      this.#select(this.#offers.find((offer) => offer.type === this.#menu.value) ?? null);
      this.#headerOf(this.selected)?.focus();
    });
    new ResizeObserver(() => this.#fitTabs()).observe(this.element);
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
    this.#fitTabs();
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
    list.addEventListener("keydown", (event) => moveByArrow(event, "tab"));
    this.#menu.setAttribute("aria-label", settings.words.say("moreMethods"));
    const row = document.createElement("div");
    row.className = "TabRow";
    row.append(list, this.#menu);
    this.element.replaceChildren(row, ...this.#offers.map((offer) => this.#panel(offer, "tabpanel")));
    this.#markSelected();
    this.#fitTabs();
  }

  #fitTabs() {
    const row = this.element.querySelector(".TabRow");
    if (!row || row.clientWidth === 0) return;
    const room = tabsThatFit(row.clientWidth, this.#offers.length);
    const { shown, left } = splitTabs(this.#offers, this.selected, room);
    for (const offer of this.#offers) {
      const tab = this.#headerOf(offer);
      if (tab) tab.hidden = !shown.includes(offer);
    }
    this.#menu.hidden = left.length === 0;
    const options = left.map(
      (offer) => new Option(this.#headerOf(offer)?.textContent ?? offer.type, offer.type),
    );
    this.#menu.replaceChildren(new Option("\u2026", "", true, true), ...options);
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
    const limit = layout.visibleAccordionItemsCount ?? VISIBLE_ROWS;
    const chosen = this.#offers.indexOf(/** @type {Offer} */ (this.selected));
    const fits = limit <= 0 || this.#offers.length <= limit || this.#expanded || chosen >= limit;
    for (const item of fits ? [] : items.slice(limit)) item.hidden = true;
    this.element.replaceChildren(...items, ...(fits ? [] : [this.#moreRow(settings, items.slice(limit))]));
    this.element.onkeydown = (event) => moveByArrow(event, "row");
    this.#markSelected();
  }

  /**
   * @param {Settings} settings
   * @param {HTMLElement[]} rest  the rows that it brings forth
   */
  #moreRow(settings, rest) {
    const item = document.createElement("div");
    item.className = "AccordionItem AccordionItem--more";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "AccordionItem-header";
    button.textContent = settings.words.say("more");
    button.setAttribute("aria-label", settings.words.say("moreMethods"));
    button.addEventListener("click", () => {
      this.#expanded = true;
      for (const row of rest) row.hidden = false;
      item.remove();
      rest[0]?.querySelector("button")?.focus();
    });
    item.append(button);
    return item;
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
    // The card's icon takes the colour of the text beside it, the others have their own.
    const icon = offer.type === "card" ? document.createElement("span") : makeIcon(`method_${offer.type}`);
    icon.className = `MethodIcon MethodIcon--${offer.type === "card" ? "plain" : "coloured"}`;
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
    return panel;
  }

  /** @param {Offer | null} offer */
  #headerOf(offer) {
    return /** @type {HTMLElement | null} */ (offer && this.element.querySelector(`#${offer.type}-tab`));
  }

  #markSelected() {
    for (const offer of this.#offers) {
      const chosen = offer === this.selected;
      const header = this.#headerOf(offer);
      const panel = this.element.querySelector(`#${offer.type}-panel`);
      if (panel instanceof HTMLElement) {
        panel.hidden = !chosen;
        // Two methods may ask for the same: only one of them is in the page, since ids are unique.
        panel.replaceChildren(...(chosen ? [offer.fields.element] : []));
      }
      if (!header) continue;
      const isTab = header.getAttribute("role") === "tab";
      header.setAttribute(isTab ? "aria-selected" : "aria-expanded", String(chosen));
      if (isTab) header.tabIndex = chosen || this.isCollapsed ? 0 : -1;
      header.classList.toggle("Tab--selected", isTab && chosen);
      header.closest(".AccordionItem")?.classList.toggle("AccordionItem--selected", chosen);
    }
  }
}

/**
 * Tabs follow the arrow that the focus follows; rows are only walked through, and chosen with Enter or Space.
 * @param {KeyboardEvent} event
 * @param {'tab' | 'row'} kind
 */
function moveByArrow(event, kind) {
  const [next, previous] = kind === "tab" ? ["ArrowRight", "ArrowLeft"] : ["ArrowDown", "ArrowUp"];
  const step = { [next]: 1, [previous]: -1 }[event.key];
  const header = event.target instanceof HTMLElement && event.target.closest(".Tab, .AccordionItem-header");
  if (!step || !header) return;
  const all = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".Tab, .AccordionItem-header"));
  const headers = [...all].filter((one) => one.offsetParent !== null);
  const here = headers.indexOf(/** @type {HTMLElement} */ (header));
  const there = headers[(here + step + headers.length) % headers.length];
  there?.focus();
  if (kind === "tab") there?.click();
  event.preventDefault();
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
  // A wallet beside the card keeps the card open: it is there or not by the browser, not by the account.
  const types = offers.filter((offer) => !WALLETS.includes(offer.type));
  return layout.defaultCollapsed ?? (settings.collapsesByDefault && types.length > 1);
}
