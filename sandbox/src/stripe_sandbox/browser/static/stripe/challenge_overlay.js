import { cover } from "./overlay.js";

/**
 * Covers the page with the bank's challenge until the customer has completed, failed or closed it.
 * @param {string} acsUrl
 * @returns {Promise<void>}
 */
export function showChallenge(acsUrl) {
  return cover({
    page: "three-ds-2-challenge",
    title: "3D Secure authentication",
    contents: { acsUrl },
  });
}
