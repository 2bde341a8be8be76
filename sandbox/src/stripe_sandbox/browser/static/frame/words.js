import { ADDRESS_WORDS } from "./address_words.js";
import { METHOD_WORDS } from "./method_words.js";

/** What the form says, in four languages. Other languages read English. */

/** @type {import('./method_words.js').Words} */
const en = {
  card: "Card",
  number: "Card number",
  expiry: "Expiration date",
  expiryPlaceholder: "MM / YY",
  cvc: "Security code",
  cvcPlaceholder: "CVC",
  country: "Country",
  postalCode: "Postal code",
  zip: "ZIP code",
  methods: "Payment method",
  supported: "Supported cards include {brands}.",
  incomplete_number: "Your card number is incomplete.",
  invalid_number: "Your card number is invalid.",
  incomplete_expiry: "Your card's expiration date is incomplete.",
  invalid_expiry_month: "Your card's expiration date is invalid.",
  invalid_expiry_month_past: "Your card's expiration date is in the past.",
  invalid_expiry_year: "Your card's expiration year is invalid.",
  invalid_expiry_year_past: "Your card's expiration year is in the past.",
  incomplete_cvc: "Your card's security code is incomplete.",
  incomplete_zip: "Your postal code is incomplete.",
  incomplete_payment_details: "Please choose a payment method.",
  cardTerms:
    "By providing your card information, you allow {business} to charge your card for future payments in " +
    "accordance with their terms.",
};

/** @type {import('./method_words.js').Words} */
const zh = {
  card: "银行卡",
  number: "卡号",
  expiry: "有效期",
  expiryPlaceholder: "月 / 年",
  cvc: "安全码",
  country: "国家或地区",
  postalCode: "邮政编码",
  zip: "邮政编码",
  methods: "付款方式",
  supported: "支持的卡包括 {brands}。",
  incomplete_number: "您的卡号不完整。",
  invalid_number: "您的卡号无效。",
  incomplete_expiry: "您的银行卡有效期不完整。",
  invalid_expiry_month: "您的银行卡有效期无效。",
  invalid_expiry_month_past: "您的银行卡已过期。",
  invalid_expiry_year: "您的银行卡有效期年份无效。",
  invalid_expiry_year_past: "您的银行卡已过期。",
  incomplete_cvc: "您的银行卡安全码不完整。",
  incomplete_zip: "您的邮政编码不完整。",
  incomplete_payment_details: "请选择付款方式。",
  cardTerms: "提供银行卡信息即表示您允许 {business} 按其条款在将来向您的银行卡收款。",
};

/** @type {import('./method_words.js').Words} */
const de = {
  card: "Karte",
  number: "Kartennummer",
  expiry: "Ablaufdatum",
  expiryPlaceholder: "MM / JJ",
  cvc: "Prüfziffer",
  cvcPlaceholder: "CVC",
  country: "Land",
  postalCode: "Postleitzahl",
  zip: "Postleitzahl",
  methods: "Zahlungsart",
  supported: "Angenommen werden unter anderem {brands}.",
  incomplete_number: "Ihre Kartennummer ist unvollständig.",
  invalid_number: "Ihre Kartennummer ist ungültig.",
  incomplete_expiry: "Das Ablaufdatum Ihrer Karte ist unvollständig.",
  invalid_expiry_month: "Das Ablaufdatum Ihrer Karte ist ungültig.",
  invalid_expiry_month_past: "Das Ablaufdatum Ihrer Karte liegt in der Vergangenheit.",
  invalid_expiry_year: "Das Ablaufjahr Ihrer Karte ist ungültig.",
  invalid_expiry_year_past: "Das Ablaufjahr Ihrer Karte liegt in der Vergangenheit.",
  incomplete_cvc: "Die Prüfziffer Ihrer Karte ist unvollständig.",
  incomplete_zip: "Ihre Postleitzahl ist unvollständig.",
  incomplete_payment_details: "Bitte wählen Sie eine Zahlungsart.",
  cardTerms:
    "Mit der Angabe Ihrer Kartendaten erlauben Sie {business}, künftige Zahlungen gemäß den Bedingungen von " +
    "Ihrer Karte abzubuchen.",
};

/** @type {import('./method_words.js').Words} */
const ja = {
  card: "カード",
  number: "カード番号",
  expiry: "有効期限",
  expiryPlaceholder: "月 / 年",
  cvc: "セキュリティコード",
  country: "国",
  postalCode: "郵便番号",
  zip: "郵便番号",
  methods: "支払い方法",
  supported: "{brands} などのカードをご利用いただけます。",
  incomplete_number: "カード番号に不備があります。",
  invalid_number: "カード番号が無効です。",
  incomplete_expiry: "カードの有効期限に不備があります。",
  invalid_expiry_month: "カードの有効期限が無効です。",
  invalid_expiry_month_past: "カードの有効期限が切れています。",
  invalid_expiry_year: "カードの有効期限の年が無効です。",
  invalid_expiry_year_past: "カードの有効期限が切れています。",
  incomplete_cvc: "カードのセキュリティコードに不備があります。",
  incomplete_zip: "郵便番号に不備があります。",
  incomplete_payment_details: "支払い方法を選択してください。",
  cardTerms:
    "カード情報を提供することで、{business} が規約に従って今後の支払いをカードに請求することを許可します。",
};

/** @type {Record<string, import('./method_words.js').Words>} */
const LANGUAGES = { en, zh, de, ja };

/**
 * @param {string} locale
 * @returns {{language: string, say: (key: string, values?: Record<string, string>) => string}}
 */
export function wordsFor(locale) {
  const language = locale.toLowerCase().split("-")[0] ?? "en";
  /** @type {import('./method_words.js').Words} */
  const words = Object.assign(
    {},
    ...["en", language].flatMap((code) => [LANGUAGES[code], METHOD_WORDS[code], ADDRESS_WORDS[code]]),
  );
  if (/^en-(GB|AU|NZ|IE|SG|IN)$/i.test(locale)) words["expiry"] = "Expiry date";
  return {
    language: language in LANGUAGES ? locale : "en",
    say: (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? ""),
  };
}
