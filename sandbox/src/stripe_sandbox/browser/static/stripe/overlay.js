import { openFrame } from "./frames.js";
import { TRAIN } from "./train.js";

const COVERING = { position: "fixed", inset: "0", width: "100%", height: "100%" };

/**
 * Covers the page with one of our own pages until that page, or `until`, says that it is over.
 * @param {object} what
 * @param {string} what.page  its name on the sandbox, without the train
 * @param {string} what.title  what a screen reader says
 * @param {Record<string, unknown>} what.contents  what the page is told when it opens
 * @param {(close: (value: unknown) => void) => void} [what.until]  may close it from outside
 * @returns {Promise<any>} what the page finished with; undefined when the customer closed it
 */
export function cover({ page, title, contents, until }) {
  const cameFrom = document.activeElement;
  const overlay = makeOverlay(title);
  const release = makeInert([...document.body.children]);
  document.body.prepend(overlay);
  return new Promise((resolve) => {
    /** @param {KeyboardEvent} event  that came before the focus had reached the frame */
    const escape = (event) => {
      if (event.key === "Escape") frame.tell("escape");
    };
    document.addEventListener("keydown", escape);
    /** @param {unknown} value */
    const finish = (value) => {
      document.removeEventListener("keydown", escape);
      frame.close();
      overlay.remove();
      release();
      if (cameFrom instanceof HTMLElement) cameFrom.focus();
      resolve(value);
    };
    const frame = openFrame({
      path: `/${TRAIN}/${page}.html`,
      title,
      parent: overlay,
      styles: COVERING,
      calls: {
        loaded: () => {
          frame.iframe.focus();
          frame.tell("open", { ...contents, dark: isDark() });
        },
        finished: finish,
      },
    });
    until?.(finish);
    // Frames of other origins can be tabbed into although they are inert, so Tab is led back as well.
    const before = makeGuard(() => frame.tell("focusLast"));
    const behind = makeGuard(() => frame.tell("focusFirst"));
    overlay.prepend(before);
    overlay.append(behind);

    /** @param {() => void} lead */
    function makeGuard(lead) {
      const guard = document.createElement("span");
      guard.tabIndex = 0;
      guard.addEventListener("focus", () => {
        frame.iframe.focus();
        lead();
      });
      return guard;
    }
  });
}

/** @param {string} label */
function makeOverlay(label) {
  const overlay = document.createElement("div");
  overlay.setAttribute("role", "dialog");
  overlay.setAttribute("aria-modal", "true");
  overlay.setAttribute("aria-label", label);
  for (const [property, value] of Object.entries({ ...COVERING, "z-index": "2147483647" }))
    overlay.style.setProperty(property, value, "important");
  return overlay;
}

/**
 * @param {Element[]} elements
 * @returns {() => void} undoes it
 */
function makeInert(elements) {
  const changed = elements.filter((element) => element instanceof HTMLElement && !element.inert);
  const set = (/** @type {boolean} */ state) => {
    for (const element of changed) /** @type {HTMLElement} */ (element).inert = state;
  };
  set(true);
  return () => set(false);
}

/** Whether the page behind is dark, whatever the system prefers. */
function isDark() {
  for (const element of [document.body, document.documentElement]) {
    const color = getComputedStyle(element).backgroundColor;
    const [red = 0, green = 0, blue = 0, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    if (color.startsWith("rgb") && alpha > 0.5) return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 100;
  }
  return getComputedStyle(document.documentElement).colorScheme.includes("dark")
    ? matchMedia("(prefers-color-scheme: dark)").matches
    : false;
}
