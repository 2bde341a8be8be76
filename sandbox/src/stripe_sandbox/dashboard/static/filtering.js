const SETTLED_MILLISECONDS = 400;

/** Lets a search field narrow the rows already on the page while somebody types; without this, the form asks. */
export function filterWhileTyping() {
  const field = document.querySelector("input[data-filters]");
  if (!(field instanceof HTMLInputElement)) return;
  const within = document.getElementById(field.dataset["filters"] ?? "");
  // A page that was asked with a search lacks the other rows; there the form goes on asking.
  if (!within || field.defaultValue) return;
  field.addEventListener("input", () => filter(within, field.value));
  field.form?.addEventListener("submit", (event) => event.preventDefault());
  if (field.value) filter(within, field.value);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let announcing;

/**
 * @param {HTMLElement} within
 * @param {string} typed
 */
function filter(within, typed) {
  const words = wordsOf(typed);
  let shown = 0;
  for (const section of within.querySelectorAll("section")) {
    let here = 0;
    for (const row of section.querySelectorAll("[data-found]")) {
      if (!(row instanceof HTMLElement)) continue;
      const text = (row.textContent ?? "").toLowerCase();
      const joined = text.replace(/\s/g, "");
      row.hidden = !words.every((word) => text.includes(word) || joined.includes(word));
      if (!row.hidden) here += 1;
    }
    section.hidden = here === 0;
    const jump = document.querySelector(`.jump a[href="#${section.getAttribute("aria-labelledby")}"]`);
    if (jump?.parentElement) jump.parentElement.hidden = here === 0;
    shown += here;
  }
  const nothing = document.getElementById("nothing");
  if (nothing) nothing.hidden = shown > 0;
  clearTimeout(announcing);
  announcing = setTimeout(() => announce(shown), SETTLED_MILLISECONDS);
}

/**
 * @param {string} typed
 * @returns {string[]} a number that is typed in groups is one word
 */
function wordsOf(typed) {
  const words = typed.toLowerCase().trim();
  return /^[\d\s]+$/.test(words) ? [words.replace(/\s/g, "")] : words.split(/\s+/);
}

/** @param {number} shown */
function announce(shown) {
  const news = document.getElementById("news");
  if (news) news.textContent = `${shown} ${shown === 1 ? "row" : "rows"} shown`;
}
