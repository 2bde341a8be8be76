import { openFrame } from "./frames.js";
import { TRAIN } from "./train.js";

const COVERING = { position: "fixed", inset: "0", width: "100%", height: "100%" };

/**
 * Covers the page with the bank's challenge until the customer has completed, failed or closed it.
 * @param {string} acsUrl
 * @returns {Promise<void>}
 */
export function showChallenge(acsUrl) {
  const cameFrom = document.activeElement;
  const overlay = makeOverlay();
  const release = makeInert([...document.body.children]);
  document.body.prepend(overlay);
  return new Promise((resolve) => {
    const frame = openFrame({
      path: `/${TRAIN}/three-ds-2-challenge.html`,
      title: "3D Secure authentication",
      parent: overlay,
      styles: COVERING,
      calls: {
        loaded: () => {
          frame.iframe.focus();
          frame.tell("open", { acsUrl, dark: isDark() });
        },
        finished: () => {
          frame.close();
          overlay.remove();
          release();
          if (cameFrom instanceof HTMLElement) cameFrom.focus();
          resolve();
        },
      },
    });
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

function makeOverlay() {
  const overlay = document.createElement("div");
  overlay.setAttribute("role", "dialog");
  overlay.setAttribute("aria-modal", "true");
  overlay.setAttribute("aria-label", "3D Secure");
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
