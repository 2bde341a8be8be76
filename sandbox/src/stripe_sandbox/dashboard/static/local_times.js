const WORDS = new Intl.DateTimeFormat(undefined, {
  day: "2-digit",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/**
 * Shows times in the reader's own zone; the title keeps the server's words, which are UTC with the year.
 * @param {ParentNode} within
 */
export function localise(within) {
  for (const time of within.querySelectorAll("time")) {
    time.title = time.textContent ?? "";
    time.textContent = WORDS.format(new Date(time.dateTime));
  }
}
