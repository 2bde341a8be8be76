// Another page of the shop, or a fresh copy of this one, for taking parts from.

/**
 * @param {Response} response
 * @returns {Promise<Document>}
 */
export async function pageOf(response) {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}
