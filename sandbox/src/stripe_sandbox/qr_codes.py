"""QR codes that a telephone's camera reads."""

import io

import segno


def png(text: str) -> bytes:
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=8, border=4)
    return out.getvalue()


def svg(text: str) -> bytes:
    out = io.BytesIO()
    _code(text).save(out, kind="svg", scale=8, border=4, light="white")
    return out.getvalue()


def data_url(text: str) -> str:
    """The image itself, as a PNG in a `data:` address."""
    return _code(text).png_data_uri(scale=8, border=4)


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m")
