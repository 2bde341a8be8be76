// Follows the page: asks for it again while it is looked at and swaps the parts marked `data-live`. The server
// answers 304 as long as nothing changed, so the page exists in one form only, the server's.

import { localise } from "./local_times.js";

const POLL_MILLISECONDS = 1000;
const RETRY_MILLISECONDS = 3000;
// A page that takes long to make is asked for less often, so that following never keeps the sandbox busy.
const REST = 5;
const MOST_MILLISECONDS = 5000;

/** What the server last sent for each live part, by its id. @type {Map<string, string>} */
const sent = new Map();
let etag = "";

/** Starts; to be called before anything changes the page. */
export function follow() {
  const parts = liveParts(document);
  if (parts.length === 0) return;
  for (const part of parts) sent.set(part.id, part.innerHTML);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void ask();
  });
  void ask();
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;
let asking = false;

async function ask() {
  clearTimeout(next);
  if (document.hidden || asking) return;
  asking = true;
  const began = performance.now();
  const answered = await refresh();
  const took = performance.now() - began;
  asking = false;
  tell(answered);
  const rest = Math.min(Math.max(POLL_MILLISECONDS, took * REST), MOST_MILLISECONDS);
  next = setTimeout(ask, answered ? rest : RETRY_MILLISECONDS);
}

/** @returns {Promise<boolean>} whether the sandbox answered */
async function refresh() {
  try {
    const headers = etag ? { "If-None-Match": etag } : undefined;
    const answer = await fetch(location.href, { cache: "no-store", ...(headers && { headers }) });
    if (answer.status === 304) {
      etag = answer.headers.get("ETag") ?? etag;
      return true;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const swapped = answer.ok && liveParts(document).map((part) => swap(part, page));
    if (swapped && swapped.every(Boolean)) etag = answer.headers.get("ETag") ?? "";
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {HTMLElement} part
 * @param {Document} page
 * @returns {boolean} false when somebody selects text or fills a form there, which a swap would take away
 */
function swap(part, page) {
  const fresh = page.getElementById(part.id);
  if (!fresh || fresh.innerHTML === sent.get(part.id)) return true;
  const selection = getSelection();
  if (selection && !selection.isCollapsed && selection.containsNode(part, true)) return false;
  if (beingFilled(part)) return false;
  sent.set(part.id, fresh.innerHTML);
  const before = { rows: rowsOf(part), open: openDetails(part), focus: document.activeElement?.id ?? "" };
  localise(fresh);
  part.replaceChildren(...fresh.childNodes);
  restore(part, before.open, before.focus);
  announce(part, before.rows);
  return true;
}

/** @param {HTMLElement} part */
function beingFilled(part) {
  const active = document.activeElement;
  if (active && part.contains(active) && active.matches("input, select, textarea")) return true;
  return [...part.querySelectorAll("input")].some((field) => field.value !== field.defaultValue);
}

/**
 * @param {HTMLElement} part
 * @param {Map<string, boolean>} open
 * @param {string} focus
 */
function restore(part, open, focus) {
  for (const details of part.querySelectorAll("details")) details.open = open.get(details.id) ?? details.open;
  const focused = focus ? document.getElementById(focus) : null;
  if (focused && part.contains(focused)) focused.focus({ preventScroll: true });
}

/**
 * Marks rows that were not there before and tells screen readers how many.
 * @param {HTMLElement} part
 * @param {Set<string>} before
 */
function announce(part, before) {
  const added = [...part.querySelectorAll("[data-row]")].filter((row) => !before.has(rowId(row)));
  for (const row of added) row.classList.add("is-new");
  const news = document.getElementById("news");
  const noun = part.dataset["noun"];
  if (news && noun && added.length) news.textContent = `${added.length} new ${noun}${added.length === 1 ? "" : "s"}`;
}

/** @param {boolean} answered */
function tell(answered) {
  const connection = document.getElementById("connection");
  const words = answered ? "Live" : "The sandbox does not answer";
  if (!connection || connection.textContent === words) return;
  connection.textContent = words;
  connection.classList.toggle("is-lost", !answered);
}

/**
 * @param {Document} page
 * @returns {HTMLElement[]}
 */
function liveParts(page) {
  return [...page.querySelectorAll("[data-live]")].filter((part) => part instanceof HTMLElement);
}

/** @param {HTMLElement} part */
function rowsOf(part) {
  return new Set([...part.querySelectorAll("[data-row]")].map(rowId));
}

/** @param {Element} row */
function rowId(row) {
  return row.getAttribute("data-row") ?? "";
}

/** @param {HTMLElement} part */
function openDetails(part) {
  return new Map([...part.querySelectorAll("details")].map((details) => [details.id, details.open]));
}
