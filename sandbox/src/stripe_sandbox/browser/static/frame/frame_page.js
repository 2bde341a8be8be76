import { openChannel } from "../channel.js";

/** @typedef {import('../channel.js').Channel} Channel */

const hints = new URLSearchParams(location.hash.slice(1));
const skeleton = /** @type {HTMLElement} */ (document.querySelector(".Skeleton"));

/**
 * What all framed forms do: speak with the page, tell it their height and whether they have the focus.
 * @param {Record<string, (argument: any) => unknown>} calls  what the page may ask for
 * @returns {Channel}
 */
export function connectFrame(calls) {
  const page = openChannel({
    peer: () => window.parent,
    origin: hints.get("origin") ?? "",
    name: hints.get("channel") ?? "",
    calls: { blur, ...calls },
  });
  skeleton.hidden = hints.get("loader") === "never";
  skeleton.classList.toggle("Skeleton--tabs", hints.get("layout") === "tabs");
  let drawn = false;
  new ResizeObserver(() => {
    drawn ||= document.querySelector("form:not([hidden])") !== null;
    if (!skeleton.hidden || drawn)
      page.tell("height", Math.ceil(document.body.getBoundingClientRect().height));
  }).observe(document.body);
  /** @param {boolean} focused */
  const showFocus = (focused) => {
    page.tell("states", { focus: focused });
    page.tell("event", { name: focused ? "focus" : "blur" });
  };
  document.addEventListener("focusin", (event) => event.relatedTarget || showFocus(true));
  document.addEventListener("focusout", (event) => event.relatedTarget || showFocus(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") page.tell("event", { name: "escape" });
  });
  document.addEventListener("submit", (event) => event.preventDefault());
  return page;
}

/** @param {HTMLFormElement} form */
export function showForm(form) {
  skeleton.hidden = true;
  form.hidden = false;
}

function blur() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
