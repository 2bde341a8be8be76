// Shows new mail by itself: asks for the list every two seconds while the page is looked at.

const POLL_MILLISECONDS = 2000;

/** @returns {Promise<string>} what would change when a mail came */
async function newest() {
  const answer = await fetch("/messages");
  /** @type {{id: string}[]} */
  const mails = await answer.json();
  return mails[0]?.id ?? "";
}

/** @param {string} seen */
async function follow(seen) {
  try {
    if (!document.hidden && (await newest()) !== seen) {
      location.reload();
      return;
    }
  } catch {
    const news = document.querySelector("#news");
    if (news) news.textContent = "The mailbox does not answer; the demo may have been stopped.";
  }
  setTimeout(follow, POLL_MILLISECONDS, seen);
}

const first = document.querySelector(".mails a");
follow(first?.getAttribute("href")?.split("/").pop() ?? "");
