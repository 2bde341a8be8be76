import { openChannel } from "../channel.js";

/**
 * One of our windows above a shop's page: says when it is there, opens when told, closes by button or Escape.
 * @param {(contents: any) => void} open  draws what the page passed
 * @returns {{finish: (value?: unknown) => void}}
 */
export function connectModal(open) {
  const hints = new URLSearchParams(location.hash.slice(1));
  const dialog = /** @type {HTMLElement} */ (document.querySelector(".Modal"));
  const closing = /** @type {HTMLButtonElement} */ (document.querySelector(".Modal-close"));
  const page = openChannel({
    peer: () => window.parent,
    origin: hints.get("origin") ?? "",
    name: hints.get("channel") ?? "",
    calls: {
      open: (contents) => {
        document.documentElement.classList.toggle("is-dark", contents.dark);
        open(contents);
        dialog.hidden = false;
        (reachable()[1] ?? closing).focus();
      },
      escape: () => page.tell("finished"),
      focusFirst: () => reachable()[0]?.focus(),
      focusLast: () => reachable().at(-1)?.focus(),
    },
  });
  const finish = (/** @type {unknown} */ value) => page.tell("finished", value);
  closing.addEventListener("click", () => finish(undefined));
  document.addEventListener("keydown", (event) => {
    // After the event: a program that presses the key waits for an answer from this very frame.
    if (event.key === "Escape") setTimeout(() => finish(undefined), 50);
  });
  page.tell("loaded");
  return { finish };

  function reachable() {
    const all = /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("button, a[href], input"));
    return [...all].filter((element) => element.offsetParent !== null);
  }
}
