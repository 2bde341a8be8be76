const SHOWN_MILLISECONDS = 1500;

/** Copies what a button names in `data-copy` and says so, on the button and to screen readers. */
export function copyOnClick() {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[data-copy]") : null;
    if (button instanceof HTMLButtonElement) void copy(button);
  });
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const copied = await written(button.dataset["copy"] ?? "");
  say(copied ? "Copied" : "This browser does not let pages copy; select the text instead");
  button.textContent = copied ? "Copied" : "Not allowed";
  button.classList.toggle("is-done", copied);
  setTimeout(() => {
    button.textContent = "Copy";
    button.classList.remove("is-done");
  }, SHOWN_MILLISECONDS);
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} false where the clipboard is closed: without https, on other names than localhost
 */
async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} words */
function say(words) {
  const news = document.getElementById("news");
  if (news) news.textContent = words;
}
