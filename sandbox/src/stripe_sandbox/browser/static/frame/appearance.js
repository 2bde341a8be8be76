/**
 * The page's `appearance`. Every value is set through the CSS object model, one property at a time, so
 * nothing that a page passes can become anything but the value of a known property.
 */

/** @typedef {import('@stripe/stripe-js').Appearance} Appearance */

/** @type {Record<string, Record<string, string>>} */
const THEMES = {
  stripe: {},
  none: {},
  flat: {
    colorBackground: "#f1f3f7",
    colorText: "#1a1f36",
    colorPrimary: "#4a5bd0",
    inputColorBorder: "transparent",
    inputBoxShadow: "none",
    blockColorBorder: "#d8dce6",
  },
  night: {
    colorPrimary: "#85d996",
    colorBackground: "#2b2c38",
    colorText: "#ffffff",
    colorTextSecondary: "#c3c6d4",
    colorTextPlaceholder: "#a5a9bb",
    colorDanger: "#ff9aae",
    inputColorBorder: "#4c4e60",
    blockColorBorder: "#43455a",
    accessibleColorOnColorPrimary: "#12221a",
  },
};

/** Older names of the same variables. */
/** @type {Record<string, string>} */
const RENAMED = {
  spacingGridRow: "gridRowSpacing",
  spacingGridColumn: "gridColumnSpacing",
  spacingTab: "tabSpacing",
  spacingAccordionItem: "accordionItemSpacing",
  colorPrimaryText: "accessibleColorOnColorPrimary",
  colorBackgroundText: "accessibleColorOnColorBackground",
  colorDangerText: "accessibleColorOnColorDanger",
  colorIcon: "iconColor",
  colorIconTab: "tabIconColor",
  colorIconTabSelected: "tabIconSelectedColor",
};

const CLASSES = [
  "AccordionItem|Block|Checkbox|CheckboxInput|CheckboxLabel|DropdownItem|Error|Input|Label|Link",
  "PickerItem|RadioIcon|Tab|TabIcon|TabLabel|TermsText",
].join("|");
const STATES = ":(hover|focus|focus-visible|active|disabled|autofill)|::(placeholder|selection)";
const SELECTOR = new RegExp(`^\\.(${CLASSES})(--[a-z]+)?(${STATES})*$`);
const SIDES = "(-(top|right|bottom|left))?";
const PROPERTIES = new RegExp(
  `^(-webkit-|-moz-)?(${[
    "background(-color)?",
    `border${SIDES}(-(width|style|color))?|border-((top|bottom)-(left|right)-)?radius`,
    "box-shadow|color|fill|fill-opacity|letter-spacing|line-height|opacity|transition|text-fill-color",
    "font-(family|size|smooth|smoothing|variant|variation-settings|weight)",
    `margin${SIDES}|padding${SIDES}`,
    "outline(-(color|offset|style|width))?",
    "text-(align|decoration|shadow|transform)",
  ].join("|")})$`,
);
const UNSAFE_VALUE = /url\s*\(|image\s*\(|image-set|expression|[;{}@\\]/i;

const rulesSheet = new CSSStyleSheet();
document.adoptedStyleSheets = [rulesSheet];

/**
 * @param {Appearance} appearance
 * @param {import('./types.js').Configuration['fonts']} fonts
 */
export function applyAppearance(appearance, fonts) {
  const root = document.documentElement;
  root.removeAttribute("style");
  const theme = THEMES[appearance.theme ?? "stripe"] ?? {};
  const variables = { ...theme, ...renamed(appearance.variables ?? {}) };
  for (const [name, value] of Object.entries(variables)) setVariable(root, name, value);
  const condensed = appearance.inputs === "condensed";
  const floating = appearance.labels === "floating" || (appearance.labels !== "above" && condensed);
  root.classList.toggle("is-condensed", condensed);
  root.classList.toggle("has-floatingLabels", floating);
  root.classList.toggle("is-still", Boolean(appearance.disableAnimations));
  rulesSheet.replaceSync("");
  for (const [selector, properties] of Object.entries(appearance.rules ?? {})) addRule(selector, properties);
  for (const font of fonts) addFont(font);
}

/** @param {Record<string, unknown>} variables */
function renamed(variables) {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [RENAMED[name] ?? name, value]));
}

/**
 * @param {HTMLElement} root
 * @param {string} name
 * @param {unknown} value
 */
function setVariable(root, name, value) {
  if (typeof value !== "string" || UNSAFE_VALUE.test(value) || !/^\w+$/.test(name)) {
    console.warn(`[Stripe.js] appearance.variables.${name}: ${String(value)} is not a supported value.`);
    return;
  }
  root.style.setProperty(`--${name}`, value);
}

/**
 * @param {string} selector
 * @param {Record<string, string>} properties
 */
function addRule(selector, properties) {
  if (!SELECTOR.test(selector)) {
    console.warn(`[Stripe.js] appearance.rules: ${selector} is not a supported selector.`);
    return;
  }
  const index = rulesSheet.insertRule(`${selector} {}`, rulesSheet.cssRules.length);
  const rule = /** @type {CSSStyleRule} */ (rulesSheet.cssRules[index]);
  for (const [name, value] of Object.entries(properties)) {
    const property = name
      .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      .replace(/^(webkit|moz)-/, "-$1-");
    if (PROPERTIES.test(property) && !UNSAFE_VALUE.test(value)) rule.style.setProperty(property, value);
    else console.warn(`[Stripe.js] appearance.rules: ${selector} { ${name} } is not a supported property.`);
  }
}

/** @param {import('./types.js').Configuration['fonts'][number]} font */
function addFont(font) {
  if ("cssSrc" in font) {
    console.warn("[Stripe.js] fonts: cssSrc is not imitated by this sandbox; pass family and src.");
    return;
  }
  const { family, src, style, unicodeRange, weight } = font;
  const display = /** @type {FontDisplay | undefined} */ (font.display);
  const face = new FontFace(family, src, { display, style, unicodeRange, weight });
  document.fonts.add(face);
}
