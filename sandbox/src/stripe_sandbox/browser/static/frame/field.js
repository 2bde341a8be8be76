/** One labelled input with its message, as assistive technology and browser tests expect to find it. */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {HTMLDivElement} element
 * @property {HTMLInputElement | HTMLSelectElement} input
 * @property {(label: string, placeholder?: string) => void} setLabel
 * @property {(message: string) => void} show  an empty message takes the error away
 * @property {() => boolean} isEmpty
 */

/**
 * @param {string} name
 * @param {object} how
 * @param {'input' | 'select'} [how.tag]
 * @param {boolean} [how.wide]
 * @param {Record<string, string>} how.attributes
 * @param {Node[]} [how.icons]
 * @returns {Field}
 */
export function makeField(name, { tag = "input", wide = false, attributes, icons = [] }) {
  const element = document.createElement("div");
  element.className = wide ? "Field Field--wide" : "Field";
  const input = document.createElement(tag);
  input.className = "Input Input--empty";
  input.id = `Field-${name}Input`;
  input.name = name;
  for (const [attribute, value] of Object.entries(attributes)) input.setAttribute(attribute, value);
  const label = document.createElement("label");
  label.className = "Label Label--resting";
  label.htmlFor = input.id;
  const box = document.createElement("div");
  box.className = "Field-box";
  box.append(input, ...icons);
  const error = document.createElement("p");
  error.className = "Error";
  error.id = `Field-${name}Error`;
  error.setAttribute("role", "alert");
  element.append(label, box, error);

  const isEmpty = () => input.value.trim() === "";
  const restyle = () => {
    const focused = document.activeElement === input;
    input.classList.toggle("Input--empty", isEmpty());
    label.classList.toggle("Label--empty", isEmpty());
    label.classList.toggle("Label--focused", focused);
    label.classList.toggle("Label--floating", focused || !isEmpty());
    label.classList.toggle("Label--resting", !focused && isEmpty());
  };
  for (const event of ["input", "change", "focus", "blur", "restyle"]) input.addEventListener(event, restyle);

  return {
    name,
    element,
    input,
    isEmpty,
    setLabel(text, placeholder) {
      label.textContent = text;
      if (placeholder !== undefined) input.setAttribute("placeholder", placeholder);
    },
    show(message) {
      if (error.textContent === message) return;
      error.textContent = message;
      for (const part of [input, label])
        part.classList.toggle(`${part.classList[0]}--invalid`, message !== "");
      input.setAttribute("aria-invalid", String(message !== ""));
      if (message) input.setAttribute("aria-describedby", error.id);
      else input.removeAttribute("aria-describedby");
    },
  };
}

/**
 * @param {string} name  of a file among the icons
 * @param {string} [alt]
 */
export function makeIcon(name, alt = "") {
  const icon = document.createElement("img");
  icon.src = new URL(`../sandbox-assets/icons/${name}.svg`, document.baseURI).href;
  icon.alt = alt;
  icon.width = 24;
  icon.height = 16;
  icon.className = "Icon";
  return icon;
}
