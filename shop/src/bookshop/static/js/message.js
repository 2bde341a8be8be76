// The message beside the Pay button: one at a time, read out by screen readers, with at most one way on.

/**
 * @typedef {{words: string, href: string}} Link
 * @typedef {{words: string, press: () => void}} Choice
 * @typedef {{tone?: "problem" | "news", link?: Link, choice?: Choice}} Options
 */

const place = /** @type {HTMLElement} */ (document.getElementById("message"));

/**
 * @param {string} words
 * @param {Options} [options]
 */
export function show(words, { tone = "problem", link, choice } = {}) {
  const text = document.createElement("p");
  text.textContent = words;
  place.replaceChildren(text);
  place.dataset.tone = tone;
  if (link) place.append(linkTo(link));
  if (choice) place.append(buttonFor(choice));
  place.scrollIntoView({ block: "nearest" });
}

export function clear() {
  place.replaceChildren();
  delete place.dataset.tone;
}

/** @param {Link} link */
function linkTo(link) {
  const anchor = document.createElement("a");
  anchor.className = "button button-quiet";
  anchor.href = link.href;
  anchor.textContent = link.words;
  return anchor;
}

/** @param {Choice} choice */
function buttonFor(choice) {
  const button = document.createElement("button");
  button.className = "button button-quiet";
  button.type = "button";
  button.textContent = choice.words;
  button.addEventListener("click", choice.press, { once: true });
  return button;
}
