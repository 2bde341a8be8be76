// The e-mail field: what is wrong with an address, in words, beside the field. The server judges again.

/**
 * What is wrong with the address, or "" when nothing is.
 *
 * @param {string} address
 */
export function problemWith(address) {
  const text = address.trim();
  if (!text) return "Please enter your e-mail address: the receipt goes there.";
  if (/\s/.test(text)) return "An e-mail address has no spaces. Please check it.";
  const at = text.lastIndexOf("@");
  if (at === -1) return "There is no @ in this address. It should look like name@example.com.";
  if (at === 0) return "The part before the @ is missing.";
  const domain = text.slice(at + 1);
  if (!domain) return "The part after the @ is missing, such as example.com.";
  if (text.slice(0, at).includes("@")) return "There is more than one @ in this address.";
  if (!/^[^.]+(\.[^.]+)+$/.test(domain)) return "The part after the @ should look like example.com.";
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
