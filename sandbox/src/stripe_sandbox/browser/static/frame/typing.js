/**
 * Keeps an input formatted while it is typed into: the caret stays behind the same digit, and deleting across
 * a separator deletes a digit, not the separator that would come back.
 * @param {HTMLInputElement} input
 * @param {(text: string) => string} format
 */
export function keepFormatted(input, format) {
  let before = input.value;
  input.addEventListener("input", (event) => {
    const kind = /** @type {InputEvent} */ (event).inputType ?? "";
    const caret = input.selectionStart ?? input.value.length;
    const atEnd = caret === input.value.length;
    let left = onlyDigits(input.value.slice(0, caret));
    let right = onlyDigits(input.value.slice(caret));
    const nothingGone = onlyDigits(before) === left + right;
    if (kind === "deleteContentBackward" && nothingGone && before !== input.value) left = left.slice(0, -1);
    if (kind === "deleteContentForward" && nothingGone && before !== input.value) right = right.slice(1);
    const deleting = kind.startsWith("delete");
    const text = deleting ? left + right : input.value;
    let next = format(text);
    if (deleting && right === "") next = next.replace(/\D+$/, "");
    input.value = next;
    const place = atEnd ? next.length : caretBehind(next, digitsBefore(next, left, right));
    input.setSelectionRange(place, place);
    before = next;
  });
}

/** @param {string} text */
function onlyDigits(text) {
  return text.replace(/\D/g, "");
}

/**
 * How many digits of the formatted text stand before the caret; formatting may have put a zero in front.
 * @param {string} text
 * @param {string} left
 * @param {string} right
 */
function digitsBefore(text, left, right) {
  const digits = onlyDigits(text);
  return right && digits.endsWith(right) ? digits.length - right.length : left.length;
}

/**
 * @param {string} text
 * @param {number} count  digits
 */
function caretBehind(text, count) {
  let place = 0;
  for (let seen = 0; place < text.length && seen < count; place++) if (/\d/.test(text.charAt(place))) seen++;
  return place;
}
