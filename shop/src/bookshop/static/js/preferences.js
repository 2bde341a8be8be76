// The form for language and currency takes a choice at once. Not one made with the keyboard: there each arrow
// key on the way to the wanted entry is a choice, so whoever types presses the button.

for (const form of document.querySelectorAll("form.preferences")) {
  if (!(form instanceof HTMLFormElement)) continue;
  let isTyping = false;
  form.addEventListener("keydown", () => (isTyping = true));
  form.addEventListener("pointerdown", () => (isTyping = false));
  form.addEventListener("change", () => isTyping || form.requestSubmit());
}
