/** What the server writes into the script: where the sandbox is, and which train the page asked for. */

export const PUBLIC_URL = /** @type {string} */ ("{{public_url}}");
export const TRAIN = /** @type {string} */ ("{{train}}");

const TRAINS = ["v3", "acacia", "basil", "clover", "dahlia", "endive"];

/**
 * Whether this script behaves as the named train or a later one.
 * @param {'acacia' | 'basil' | 'clover' | 'dahlia' | 'endive'} train
 */
export function since(train) {
  return TRAINS.indexOf(TRAIN) >= TRAINS.indexOf(train);
}
