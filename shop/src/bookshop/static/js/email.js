// The e-mail field: what is wrong with an address, in words, beside the field. The server judges again.

import { say } from "./words.js";

/**
 * What is wrong with the address, or "" when nothing is.
 *
 * @param {string} address
 */
export function problemWith(address) {
  const text = address.trim();
  if (!text) return say("email-missing");
  if (/\s/.test(text)) return say("email-spaces");
  const at = text.lastIndexOf("@");
  if (at === -1) return say("email-no-at");
  if (at === 0) return say("email-no-name");
  const domain = text.slice(at + 1);
  if (!domain) return say("email-no-domain");
  if (text.slice(0, at).includes("@")) return say("email-many-ats");
  if (!/^[^.]+(\.[^.]+)+$/.test(domain)) return say("email-domain");
  return "";
}

/**
 * Shows a problem beside the field, or takes it away.
 *
 * @param {HTMLInputElement} field
 * @param {string} problem
 */
export function showProblem(field, problem) {
  const hint = /** @type {HTMLElement} */ (document.getElementById(`${field.id}-hint`));
  const words = problem || (hint.dataset.hint ?? "");
  if (hint.textContent !== words) hint.textContent = words;
  hint.classList.toggle("field-error", problem !== "");
  if (problem) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/**
 * Judges the field when it is left, and while it is being mended.
 *
 * @param {HTMLInputElement} field
 */
export function watch(field) {
  field.addEventListener("blur", () => {
    if (field.value) showProblem(field, problemWith(field.value));
  });
  field.addEventListener("input", () => {
    if (field.hasAttribute("aria-invalid")) showProblem(field, problemWith(field.value));
  });
}
