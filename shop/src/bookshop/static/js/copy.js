// Copy buttons: shown only where the browser can copy.

import { say } from "./words.js";

/** @param {ParentNode} root */
export function offerCopying(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => void copy(button));
  }
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  const before = [...button.childNodes];
  try {
    await navigator.clipboard.writeText(source?.textContent ?? "");
  } catch {
    return; // The browser refused; the id can still be selected by hand.
  }
  button.textContent = say("copied");
  setTimeout(() => button.replaceChildren(...before), 2000);
}
