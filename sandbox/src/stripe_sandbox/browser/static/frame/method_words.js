/** What the form says of the methods other than the card. Names of brands stay as they are. */

/** @typedef {Record<string, string>} Words */

/** @type {Words} */
const BRAND_NAMES = {
  google_pay: "Google Pay",
  alipay: "Alipay",
  wechat_pay: "WeChat Pay",
  grabpay: "GrabPay",
  paynow: "PayNow",
  eps: "EPS",
  ideal: "iDEAL",
  bancontact: "Bancontact",
  p24: "Przelewy24",
  klarna: "Klarna",
};

/** @type {Record<string, Words>} */
export const METHOD_WORDS = {
  en: {
    ...BRAND_NAMES,
    sepa_debit: "SEPA Direct Debit",
    more: "More",
    moreMethods: "More payment methods",
    name: "Full name",
    email: "Email",
    iban: "IBAN",
    redirects: "{method} opens next. When you have paid there, you come straight back.",
    redirectsToBank: "Your bank opens next, by way of {method}. When you have paid there, you come straight back.",
    showsCode: "Next you see a QR code. Scan it with WeChat to pay.",
    showsBankCode: "Next you see a QR code. Scan it with the app of your bank or wallet to pay.",
    payWith: "Pay with {method}",
    opensSheet: "Google Pay opens next. Choose one of your cards there.",
    mandate:
      "By giving your IBAN you authorise {business} and Stripe, its payment provider, to instruct your bank to " +
      "debit your account, and your bank to follow that instruction. You can have the amount refunded by your " +
      "bank under the terms of your agreement with it, within eight weeks of the debit.",
    incomplete_name: "Please give your full name.",
    incomplete_email: "Please give your email address.",
    invalid_email: "This email address is not complete.",
    incomplete_iban: "Your IBAN is incomplete.",
    invalid_iban: "Your IBAN is invalid.",
  },
  zh: {
    ...BRAND_NAMES,
    alipay: "支付宝",
    wechat_pay: "微信支付",
    sepa_debit: "SEPA 直接借记",
    more: "更多",
    moreMethods: "更多付款方式",
    name: "全名",
    email: "电子邮箱",
    redirects: "接下来将打开 {method}。在那里付款后,您会立即返回。",
    redirectsToBank: "接下来将通过 {method} 打开您的银行。在那里付款后,您会立即返回。",
    showsCode: "接下来将显示二维码。请用微信扫码付款。",
    showsBankCode: "接下来将显示二维码。请用银行或钱包应用扫码付款。",
    payWith: "使用 {method} 付款",
    opensSheet: "接下来将打开 Google Pay。请在那里选择一张卡。",
    mandate:
      "提供 IBAN 即表示您授权 {business} 及其支付服务商 Stripe 指示您的银行从您的账户扣款,并授权您的银行执行该指示。" +
      "根据您与银行的协议,您可在扣款后八周内向银行申请退款。",
    incomplete_name: "请填写您的全名。",
    incomplete_email: "请填写您的电子邮箱。",
    invalid_email: "该电子邮箱不完整。",
    incomplete_iban: "您的 IBAN 不完整。",
    invalid_iban: "您的 IBAN 无效。",
  },
  de: {
    ...BRAND_NAMES,
    sepa_debit: "SEPA-Lastschrift",
    more: "Mehr",
    moreMethods: "Weitere Zahlungsarten",
    name: "Vollständiger Name",
    email: "E-Mail",
    redirects: "Als Nächstes öffnet sich {method}. Nach der Zahlung kommen Sie direkt zurück.",
    redirectsToBank:
      "Als Nächstes öffnet sich über {method} Ihre Bank. Nach der Zahlung kommen Sie direkt zurück.",
    showsCode: "Als Nächstes erscheint ein QR-Code. Scannen Sie ihn mit WeChat, um zu zahlen.",
    showsBankCode:
      "Als Nächstes erscheint ein QR-Code. Scannen Sie ihn mit der App Ihrer Bank oder Geldbörse, um zu zahlen.",
    payWith: "Mit {method} zahlen",
    opensSheet: "Als Nächstes öffnet sich Google Pay. Wählen Sie dort eine Ihrer Karten.",
    mandate:
      "Mit Ihrer IBAN ermächtigen Sie {business} und dessen Zahlungsdienst Stripe, Zahlungen von Ihrem Konto " +
      "einzuziehen, und weisen Ihre Bank an, diese Lastschriften einzulösen. Innerhalb von acht Wochen nach der " +
      "Belastung können Sie nach den Bedingungen Ihrer Bank die Erstattung verlangen.",
    incomplete_name: "Bitte geben Sie Ihren vollständigen Namen an.",
    incomplete_email: "Bitte geben Sie Ihre E-Mail-Adresse an.",
    invalid_email: "Diese E-Mail-Adresse ist nicht vollständig.",
    incomplete_iban: "Ihre IBAN ist unvollständig.",
    invalid_iban: "Ihre IBAN ist ungültig.",
  },
  ja: {
    ...BRAND_NAMES,
    sepa_debit: "SEPA口座振替",
    more: "その他",
    moreMethods: "その他の支払い方法",
    name: "氏名",
    email: "メールアドレス",
    redirects: "次に {method} が開きます。お支払い後、このページに戻ります。",
    redirectsToBank: "次に {method} を通じて銀行のページが開きます。お支払い後、このページに戻ります。",
    showsCode: "次に QR コードが表示されます。WeChat で読み取ってお支払いください。",
    showsBankCode: "次に QR コードが表示されます。銀行またはウォレットのアプリで読み取ってお支払いください。",
    payWith: "{method} で支払う",
    opensSheet: "次に Google Pay が開きます。そこでカードを選んでください。",
    mandate:
      "IBAN を提供することで、{business} および決済事業者 Stripe がお客様の口座からの引き落としを銀行に指示すること、" +
      "また銀行がその指示に従うことを承認します。引き落としから 8 週間以内であれば、銀行との契約に基づき返金を請求できます。",
    incomplete_name: "氏名を入力してください。",
    incomplete_email: "メールアドレスを入力してください。",
    invalid_email: "メールアドレスに不備があります。",
    incomplete_iban: "IBAN に不備があります。",
    invalid_iban: "IBAN が無効です。",
  },
};
