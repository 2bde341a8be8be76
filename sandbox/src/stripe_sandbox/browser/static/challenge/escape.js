// Escape closes the challenge, also while the bank's page has the focus.
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") window.parent.postMessage("challenge-canceled", location.origin);
});
