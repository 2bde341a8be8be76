import { IntegrationError } from "./mistakes.js";
import { since } from "./train.js";

/** Gone from Stripe.js since 2026-03-25.dahlia. */
const REMOVED = [
  "confirmPaymentIntent",
  "confirmSetupIntent",
  "createSource",
  "handleCardPayment",
  "handleCardSetup",
  "handleFpxPayment",
  "retrieveSource",
];

/** Part of Stripe.js, but not of this sandbox. */
const MISSING = /** @type {const} */ ([
  "collectBankAccountForPayment",
  "collectBankAccountForSetup",
  "collectBankAccountToken",
  "collectFinancialConnectionsAccounts",
  "confirmAcssDebitPayment",
  "confirmAcssDebitSetup",
  "confirmAffirmPayment",
  "confirmAfterpayClearpayPayment",
  "confirmAmazonPaySetup",
  "confirmAuBecsDebitPayment",
  "confirmAuBecsDebitSetup",
  "confirmBacsDebitSetup",
  "confirmBancontactSetup",
  "confirmBilliePayment",
  "confirmBlikPayment",
  "confirmBlikSetup",
  "confirmBoletoPayment",
  "confirmCardSetup",
  "confirmCashappPayment",
  "confirmCashappSetup",
  "confirmCustomerBalancePayment",
  "confirmFpxPayment",
  "confirmGiropayPayment",
  "confirmIdealSetup",
  "confirmKonbiniPayment",
  "confirmMobilepayPayment",
  "confirmMultibancoPayment",
  "confirmOxxoPayment",
  "confirmPayByBankPayment",
  "confirmPayPalPayment",
  "confirmPayPalSetup",
  "confirmPixPayment",
  "confirmPromptPayPayment",
  "confirmSepaDebitSetup",
  "confirmSetup",
  "confirmSofortPayment",
  "confirmSofortSetup",
  "confirmTwintPayment",
  "confirmUsBankAccountPayment",
  "confirmUsBankAccountSetup",
  "createEmbeddedCheckoutPage",
  "createEphemeralKeyNonce",
  "createRadarSession",
  "createToken",
  "handleCardAction",
  "initCheckoutElementsSdk",
  "initCheckoutFormSdk",
  "initializePricing",
  "paymentRequest",
  "processOrder",
  "retrieveOrder",
  "retrieveSetupIntent",
  "verifyIdentity",
  "verifyMicrodepositsForPayment",
  "verifyMicrodepositsForSetup",
]);

/** @typedef {Record<typeof MISSING[number], () => never>} Refusals */

/** @returns {Refusals} one throwing method for each, and for those that are gone */
export function refusals() {
  /** @type {Record<string, () => never>} */
  const methods = {};
  for (const name of MISSING)
    methods[name] = () => {
      throw new IntegrationError(`stripe.${name}() is part of Stripe.js, but not imitated by this sandbox.`);
    };
  for (const name of REMOVED)
    methods[name] = () => {
      const why = since("dahlia")
        ? "was removed from Stripe.js; use stripe.confirmPayment()"
        : "is not imitated";
      throw new IntegrationError(`stripe.${name}() ${why}.`);
    };
  return /** @type {Refusals} */ (methods);
}
