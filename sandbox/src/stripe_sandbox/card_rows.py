# ruff: noqa: E501  a table is read row by row
"""The test cards, a row each: number, brand, funding, country, what happens, and its tokens on a server.

Source: https://docs.stripe.com/testing.
"""

from stripe_sandbox import dispute_kinds
from stripe_sandbox.card_behaviour import Authentication, Card
from stripe_sandbox.declines import (
    BLOCKED,
    EXPIRED_CARD,
    GENERIC_DECLINE,
    INCORRECT_CVC,
    INSUFFICIENT_FUNDS,
    LOST_CARD,
    PROCESSING_ERROR,
    STOLEN_CARD,
    VELOCITY,
    Decline,
)


def _declines(number: str, does: str, decline: Decline, *tokens: str) -> Card:
    return Card(number, "visa", does, tokens, decline=decline, attachable=False)


def _authenticates(
    number: str,
    does: str,
    needs: Authentication,
    *tokens: str,
    decline: Decline | None = None,
    country: str = "US",
) -> Card:
    return Card(number, "visa", does, tokens, authentication=needs, decline=decline, country=country)


def _visa_of(country: str, number: str) -> Card:
    return Card(
        number, "visa", f"succeeds, issued in {country}", (f"pm_card_{country.lower()}",), country=country
    )


_PAYS = "succeeds"

# fmt: off
BY_BRAND = (
    Card("4242424242424242", "visa", _PAYS, ("pm_card_visa", "pm_card_us")),
    Card("4000056655665556", "visa", _PAYS, ("pm_card_visa_debit",), "debit"),
    Card("5555555555554444", "mastercard", _PAYS, ("pm_card_mastercard",)),
    Card("2223003122003222", "mastercard", _PAYS),
    Card("5200828282828210", "mastercard", _PAYS, ("pm_card_mastercard_debit",), "debit"),
    Card("5105105105105100", "mastercard", _PAYS, ("pm_card_mastercard_prepaid",), "prepaid"),
    Card("378282246310005", "amex", "succeeds; 3-D Secure not supported", ("pm_card_amex", "pm_card_amex_threeDSecureNotSupported"),
         authentication=Authentication.NOT_SUPPORTED),
    Card("371449635398431", "amex", _PAYS, authentication=Authentication.NOT_SUPPORTED),
    Card("6011111111111117", "discover", _PAYS, ("pm_card_discover",)),
    Card("6011000990139424", "discover", _PAYS),
    Card("6011981111111113", "discover", _PAYS, (), "debit"),
    Card("3056930009020004", "diners", _PAYS, ("pm_card_diners",)),
    Card("36227206271667", "diners", _PAYS),
    Card("6555900000604105", "discover", "succeeds (BCcard, DinaCard)"),
    Card("3566002020360505", "jcb", _PAYS, ("pm_card_jcb",), country="JP"),
    Card("6200000000000005", "unionpay", _PAYS, ("pm_card_unionpay",), country="CN"),
    Card("6200000000000047", "unionpay", _PAYS, (), "debit", country="CN"),
    Card("6205500000000000004", "unionpay", "succeeds, 19 digits", country="CN"),
    Card("4000002500001001", "visa", "succeeds, co-branded", ("pm_card_visa_cartesBancaires",), country="FR",
         networks=("cartes_bancaires", "visa")),
    Card("5555552500001001", "mastercard", "succeeds, co-branded", ("pm_card_mastercard_cartesBancaires",),
         country="FR", networks=("cartes_bancaires", "mastercard")),
    Card("4000050360000001", "visa", "succeeds, co-branded", ("pm_card_visa_debit_eftposAuCoBranded",), "debit", "AU",
         ("eftpos_au", "visa")),
    Card("5555050360000080", "mastercard", "succeeds, co-branded", ("pm_card_mastercard_debit_eftposAuCoBranded",),
         "debit", "AU", ("eftpos_au", "mastercard")),
    Card("4000051230000072", "visa", "succeeds, health account",
         ("pm_card_debit_visaFsaProductCode", "pm_card_debit_visaHsaProductCode"), "debit"),
    Card("5200828282828897", "mastercard", "succeeds, health account",
         ("pm_card_mastercard_debit_mastercardFsaProductCode",), "debit"),
)

DECLINED = (
    _declines("4000000000000002", "declined", GENERIC_DECLINE, "pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"),
    _declines("4000000000009995", "declined: insufficient funds", INSUFFICIENT_FUNDS,
              "pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds",
              "pm_card_visa_debit_chargeDeclinedInsufficientFunds"),
    _declines("4000000000009987", "declined: lost card", LOST_CARD, "pm_card_visa_chargeDeclinedLostCard"),
    _declines("4000000000009979", "declined: stolen card", STOLEN_CARD, "pm_card_visa_chargeDeclinedStolenCard"),
    _declines("4000000000000069", "declined: expired card", EXPIRED_CARD, "pm_card_chargeDeclinedExpiredCard",
              "pm_card_visa_chargeDeclinedExpiredCard"),
    _declines("4000000000000127", "declined: incorrect CVC", INCORRECT_CVC, "pm_card_chargeDeclinedIncorrectCvc",
              "pm_card_visa_chargeDeclinedIncorrectCvc"),
    _declines("4000000000000119", "declined: processing error", PROCESSING_ERROR,
              "pm_card_chargeDeclinedProcessingError", "pm_card_visa_chargeDeclinedProcessingError"),
    _declines("4000000000006975", "declined: used too often", VELOCITY,
              "pm_card_visa_chargeDeclinedVelocityLimitExceeded"),
    Card("4000000000000341", "visa", "can be saved, is declined when charged", ("pm_card_chargeCustomerFail", "pm_card_visa_chargeCustomerFail"),
         decline=GENERIC_DECLINE),
)

CHECKED = (
    _declines("4100000000000019", "blocked as highest risk", BLOCKED, "pm_card_radarBlock",
              "pm_card_chargeDeclinedFraudulent", "pm_card_visa_chargeDeclinedFraudulent"),
    Card("4000000000004954", "visa", "highest risk: blocked, unless the account chose otherwise", ("pm_card_riskLevelHighest",), risk_level="highest"),
    Card("4000000000009235", "visa", "succeeds, elevated risk: reviewed, if the account chose so", ("pm_card_riskLevelElevated",), risk_level="elevated"),
    Card("4000008400000407", "visa", "succeeds, likely to be disputed", ("pm_card_highFraudDisputeScore",)),
    Card("4000008400000159", "visa", "succeeds, likely to be warned of", ("pm_card_highEfwScore",)),
    Card("4000008400001017", "visa", "succeeds, unless the account has dynamic risk thresholds",
         ("pm_card_radarDynamicRiskThreshold",), adapts_to_threshold=True),
    Card("4001858821843804", "visa", "succeeds; marks abuse of free trials, which payments do not meet",
         ("pm_card_freeTrialAbuseBlock",)),
    Card("4000058400307872", "visa", "succeeds, CVC check fails, elevated risk",
         ("pm_card_cvcCheckFailElevatedRisk",), cvc_check="fail", risk_level="elevated"),
    Card("4000058400306072", "visa", "succeeds, postal code check fails, elevated risk",
         ("pm_card_avsZipFailElevatedRisk",), postal_code_check="fail", risk_level="elevated"),
    Card("4000000000000101", "visa", "succeeds, CVC check fails", ("pm_card_cvcCheckFail",), cvc_check="fail"),
    Card("4000000000000036", "visa", "succeeds, postal code check fails", ("pm_card_avsZipFail",),
         postal_code_check="fail"),
    Card("4000000000000028", "visa", "succeeds, street check fails", ("pm_card_avsLine1Fail",), line1_check="fail"),
    Card("4000000000000010", "visa", "succeeds, address checks fail", ("pm_card_avsFail",), postal_code_check="fail",
         line1_check="fail"),
    Card("4000000000000044", "visa", "succeeds, address checks unavailable", ("pm_card_avsUnchecked",),
         postal_code_check="unavailable", line1_check="unavailable"),
)

DISPUTED = (
    Card("4000000000000259", "visa", "succeeds, then is disputed as fraudulent, unless it was authenticated",
         ("pm_card_createDispute",), disputes=(dispute_kinds.FRAUDULENT,)),
    Card("4000000000002685", "visa", "succeeds, then is disputed as not received",
         ("pm_card_createDisputeProductNotReceived",), disputes=(dispute_kinds.NOT_RECEIVED,)),
    Card("4000000000001976", "visa", "succeeds, then its bank inquires", ("pm_card_createDisputeInquiry",),
         disputes=(dispute_kinds.INQUIRY,)),
    Card("4000000000005423", "visa", "succeeds, then its bank warns of fraud", ("pm_card_createIssuerFraudRecord",),
         warned=True),
    Card("4000000404000079", "visa", "succeeds, then is disputed twice, half of it each time",
         ("pm_card_createMultipleDisputes",), disputes=(dispute_kinds.REPEATED, dispute_kinds.REPEATED)),
    Card("4000000404000038", "visa", "succeeds, then is disputed; Visa Compelling Evidence 3.0 can answer",
         ("pm_card_createCe3EligibleDispute",), disputes=(dispute_kinds.CE3_ELIGIBLE,)),
    Card("4000008400000779", "visa", "succeeds, then is a Visa compliance dispute",
         ("pm_card_createComplianceDispute",), disputes=(dispute_kinds.OF_VISA_RULES,)),
    Card("5105008400000002", "mastercard", "succeeds, then is a Mastercard compliance dispute",
         ("pm_card_createMastercardComplianceDispute",), disputes=(dispute_kinds.OF_MASTERCARD_RULES,)),
    Card("4000000001000043", "visa", "succeeds, then is disputed; Smart Disputes can answer",
         ("pm_card_createAutoRepresentmentEligibleDispute",), disputes=(dispute_kinds.SMART,)),
)

PREVENTED = (
    Card("4000000404004816", "visa", "succeeds, then is disputed; Dispute Resolution (Visa RDR) prevents it",
         ("pm_card_createRapidDisputeResolutionDispute",), disputes=(dispute_kinds.RESOLVED_BY_VISA,)),
    Card("4000000404005649", "visa", "succeeds, then is disputed; Dispute Deflection prevents it",
         ("pm_card_createCe3BlockDispute",), disputes=(dispute_kinds.BLOCKED_BY_EVIDENCE,)),
    Card("5105000300000018", "mastercard", "succeeds, then is disputed; Dispute Resolution (Ethoca) prevents it",
         ("pm_card_createEthocaAlert",), disputes=(dispute_kinds.ALERTED_BY_ETHOCA,)),
)

REFUNDED = (
    Card("4000000000007726", "visa", "its refund starts pending, then succeeds", ("pm_card_pendingRefund",),
         refund="pending"),
    Card("4000000000005126", "visa", "its refund succeeds, then fails", ("pm_card_refundFail",), refund="failed"),
    Card("4000000000000077", "visa", "succeeds, money available at once", ("pm_card_bypassPending",),
         bypasses_pending=True),
    Card("4000003720000278", "visa", "succeeds, money available at once", ("pm_card_bypassPendingInternational",), country="IE", bypasses_pending=True),
)

THREE_D_SECURE = (
    _authenticates("4000002500003155", "asks for authentication, but off session not once saved for later use",
                   Authentication.REQUIRED_UNLESS_SET_UP, "pm_card_authenticationRequiredOnSetup", country="FR"),
    _authenticates("4000002760003184", "always asks for authentication", Authentication.REQUIRED,
                   "pm_card_authenticationRequired", country="DE"),
    _authenticates("4000003800000446", "asks for authentication only when the customer is present",
                   Authentication.REQUIRED_ON_SESSION, "pm_card_authenticationRequiredSetupForOffSession", country="IT"),
    _authenticates("4000008260003178", "authenticates, then has insufficient funds", Authentication.REQUIRED,
                   "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", decline=INSUFFICIENT_FUNDS, country="GB"),
    _authenticates("4000000000003220", "3-D Secure 2 required", Authentication.REQUIRED,
                   "pm_card_threeDSecure2Required", country="IE"),
    _authenticates("4000008400000027", "3-D Secure 2 required", Authentication.REQUIRED),
    _authenticates("4000008400001629", "authenticates, then is declined", Authentication.REQUIRED,
                   "pm_card_threeDSecureRequiredChargeDeclined", decline=GENERIC_DECLINE),
    _authenticates("4000008400001280", "3-D Secure required, but the lookup fails: declined",
                   Authentication.REQUIRED_LOOKUP_FAILS, "pm_card_threeDSecureRequiredProcessingError", decline=GENERIC_DECLINE),
    _authenticates("4000000000003055", "3-D Secure supported, not required", Authentication.SUPPORTED,
                   "pm_card_threeDSecureOptional"),
    _authenticates("4000000000003097", "3-D Secure supported, lookup error", Authentication.LOOKUP_ERROR,
                   "pm_card_threeDSecureOptionalProcessingError"),
    _authenticates("4000000032200000", "authenticates without asking anything", Authentication.FRICTIONLESS),
    _authenticates("4000008405600003", "succeeds; asks for authentication if the account has Adaptive 3DS",
                   Authentication.REQUIRED_IF_ADAPTIVE, "pm_card_adaptive3dsChallenge"),
    _authenticates("4000582600000094", "authenticates out of band on a phone", Authentication.REQUIRED),
    _authenticates("4000582600000045", "authenticates by one-time code", Authentication.REQUIRED),
    _authenticates("4000582600000102", "authenticates by a single choice", Authentication.REQUIRED),
    _authenticates("4000582600000110", "authenticates by several choices", Authentication.REQUIRED),
)

CHALLENGED = (
    Card("4000000000001208", "visa", "succeeds once the page's customer has solved a captcha", captcha=True),
    Card("4000000000003725", "visa", "succeeds once the page's customer has solved a captcha", captcha=True),
)

_VISA_BY_COUNTRY = tuple(_visa_of(country, number) for country, number in (
    ("AR", "4000000320000021"), ("BR", "4000000760000002"), ("CA", "4000001240000000"), ("CL", "4000001520000001"),
    ("CO", "4000001700000003"), ("CR", "4000001880000005"), ("EC", "4000002180000000"), ("MX", "4000004840008001"),
    ("PA", "4000005910000000"), ("PY", "4000006000000066"), ("PE", "4000006040000068"), ("UY", "4000008580000003"),
    ("AE", "4000007840000001"), ("AT", "4000000400000008"), ("BE", "4000000560000004"), ("BG", "4000001000000000"),
    ("BY", "4000001120000005"), ("HR", "4000001910000009"), ("CY", "4000001960000008"), ("CZ", "4000002030000002"),
    ("DK", "4000002080000001"), ("EE", "4000002330000009"), ("FI", "4000002460000001"), ("FR", "4000002500000003"),
    ("DE", "4000002760000016"), ("GI", "4000002920000005"), ("GR", "4000003000000030"), ("HU", "4000003480000005"),
    ("IE", "4000003720000005"), ("IT", "4000003800000008"), ("LV", "4000004280000005"), ("LI", "4000004380000004"),
    ("LT", "4000004400000000"), ("LU", "4000004420000006"), ("MT", "4000004700000007"), ("NL", "4000005280000002"),
    ("NO", "4000005780000007"), ("PL", "4000006160000005"), ("PT", "4000006200000007"), ("RO", "4000006420000001"),
    ("SA", "4000006820000007"), ("SI", "4000007050000006"), ("SK", "4000007030000001"), ("ES", "4000007240000007"),
    ("SE", "4000007520000008"), ("CH", "4000007560000009"), ("GB", "4000008260000000"), ("AU", "4000000360000006"),
    ("CN", "4000001560000002"), ("HK", "4000003440000004"), ("IN", "4000003560000008"), ("JP", "4000003920000003"),
    ("MY", "4000004580000002"), ("NZ", "4000005540000008"), ("SG", "4000007020000003"), ("TW", "4000001580000008"),
))

BY_COUNTRY = (
    *_VISA_BY_COUNTRY,
    Card("5062210000000009", "unknown", "succeeds, issued in MX (Carnet)", country="MX"),
    Card("5200007840000022", "mastercard", "succeeds, issued in AE", ("pm_card_ae_mastercard",), country="AE"),
    Card("4000058260000005", "visa", "succeeds, issued in GB", ("pm_card_gb_debit",), "debit", "GB"),
    Card("5555558265554449", "mastercard", "succeeds, issued in GB", ("pm_card_gb_mastercard",), country="GB"),
    Card("3530111333300000", "jcb", "succeeds, issued in JP", country="JP"),
    Card("4000007640000003", "visa", "succeeds, issued in TH", ("pm_card_th", "pm_card_th_credit"), country="TH"),
    Card("4000057640000008", "visa", "succeeds, issued in TH", ("pm_card_th_debit",), "debit", "TH"),
)
# fmt: on
