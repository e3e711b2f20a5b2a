"""The icon that stands in the tray before anything is known: Presence unknown, as ready-made pictures.

Drawing it would load Qt's namespace of constants first, which takes longer than all the rest of LyncDesk
that the icon needs. A test holds these pictures to the drawing in :mod:`lyncdesk.ui.indicators`.
"""

from __future__ import annotations

from base64 import b64decode

from PySide6.QtGui import QIcon, QPixmap

# PNG, grey and alpha.
PICTURES = (
    (
        "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAQAAAC1+jfqAAABFUlEQVR42o2RPWvCYBSFn3sDYkDXjl1CFg34MdbBQbf+iv6B"
        "ri6KhLg4+wPc3dtJBwfp5gcEF8nStaPSgJC8DmJsRWjPcrn3uZzhHCFTv0BbHUgjpv7hcpXzGBbjLq/kz5uJZWQPOvvsof/I"
        "u5Q5sjQbkAp1coTm2f8EgWHx+0PKLKyX3u7sELjJmAah/dTZK8RdKbMoNS8YertSkwVe3AXpF+QLtbwrzlxCk/CgtMmzvMXQ"
        "27ESW1uqDpgNd2TWkDrKH9I0AqncQ1IFjZSpiakH7i0OXGomTmfqH2RELhlPrJ94YiVjcjLyDwr2gJDGdn51CdztnAahPcii"
        "ljc8jqzMGqRK7VfU/yjrUre2Ugc0SmfXuk+5jmpSr1PO+wAAAABJRU5ErkJggg=="
    ),
    (
        "iVBORw0KGgoAAAANSUhEUgAAABYAAAAWCAQAAABuvaSwAAABlklEQVR42pWTvU8iYRCHn3cSTLZZEgo/t9ECLTRHgwWNaK/R"
        "P8KjZbc1ESG5dtdWrW3vyF2voaHAhoIGC2xWvbMgWRqSI3lfC1E+JfHXTebJzBTPKMZyEXtZ0w5ION/K9UZ7argobCqXQxL9"
        "sk3ZBMXGFNi3okAdI2OLtLmKu153BP6x8P+PSgPQ5FaFYBx2WQcwd3P7J/8+YN+KKioN1CV/WhmMLe3oc1JAzc56Xd7WRoFK"
        "Az/tzDAKpxU7Y34B2x2/P7m0pesIdTvzfttwfKtTJYU234oNAZ1HQPLTUPC6xgVEuaAuYs9/SdA82+DTnDVJ0l5alJc1EsAt"
        "s3IDJJ5WRTsAKpwJPwIoR/hCREIA48ykVgBMKPMt2sDuTHgPaC8/SK5HGVgv7XxGFrIkgXKuJ2ACNOhz35qG+pYKAG0CECg2"
        "zBWQiq4ncd+KrkkBl8VG3424a+5AHXWqhezoAZ2qOgJqtjeiaO832wDcc8MjsMIeSQBqsYMhRfvC+HyflJ9L2xuT/4tvNXjY"
        "p1XlgAmXH8Yf9hV8H5JB0aAqdwAAAABJRU5ErkJggg=="
    ),
    (
        "iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAQAAABKfvVzAAABqUlEQVR42pWUMU/bUBCAvzvAbM30LDmRmOAndGgmutDVAqlS"
        "YUl/Ah4jNcatlDH8BFjKEAnklQWxoCz9B4UFKYlkT4yY4tfBDhU4TtTbTu+79z3p3Z1QiVBxV1rwPCaJ8ren8jr9/iH/an0x"
        "RWZTifWkN6opCDfkmN2qkQt7GN1XCo7aNp7dzMROQTyaZZ6oP/PIDOeKdbAPDDiLbkvnJvsE0gAe9WNRIsVj+CUGuHY+d9PX"
        "7+mbbMg2kNj30T0ogBwXuLfzFoduaj9xDbgMSsNRmxuwD+tbVXxmefwtDdB2b6RAB4BBHQ7dtLg974CGan2A1Z8sijMA/FAV"
        "Vwww+Xa3iI9umQKuY3SlBWCnLAk7AXhqKf8Z+jwGEG8ZKE2AtbGS2BRohpuL8B9beECSpRrlEgOwv6jgzxcA4ihX0BMAgr6p"
        "w/uGAEBPQaE34gKkkQ1DZx4eOtlQGmDPe6Oyl+whCbAtl1VL38hl0XyFZUl764ENeFdp73I4Y9wymdoJSBOvdoDKqRjI3pw/"
        "PieYM6Ivng7+iykh1tPaJfBvzTjmqQVr4yytrpm/IuGZlT+uB1MAAAAASUVORK5CYII="
    ),
    (
        "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAQAAADZc7J/AAACZUlEQVR42qVVMWhTURQ999mEOpRMQuHrGLtYwWIVydA4Wej0"
        "STCDiEIFqWOHTK3/PZpFBIcO6mDBMZVAu1nBwQoBa0CQ1qHWLXwsOilIQ2xyHd79aRN/kk/zlv/+/++ee+65990LDLgo7CPT"
        "0sVGhlJw4ADw4XOZSt42cQQAT6kcexgLwd0l87DYCdIBoCf4OU32YPwRc/pTVwCT45cY7hN0je56q0ev6pj3PBcDc65imWc4"
        "ySM8wkmewTJX5dgwF3U+hIHJcVG2P0g3V0y9Q5u4mm0aOiMOcuZVG4CeQNl650rMXfDD2Recv2uiUA0pq4WyyuNZYJ6Y6mYO"
        "LPiJKa7YQPCUqQWgcrhiycfc+YNeCs4fxFz+CQC4qnMCwMSexKO7ez9iAR2cZgIUYMZt2XC1uRKpel9IRsaWLlgGWUFc61Q+"
        "fJk61u2umQUUQClJzZvIN2hDnikroiOvX6PaD+3JxmkH2I8KEJeT7LSV8smWAhCkbjSqUV1Okt8OcD4qwGFSNhaAy4J3IzLv"
        "aXmWbRpLIonrxaNYe3FyJf4SoABvG7sAQOfUbCT/93DWtrjFHcuAyUhlmYLTz7rgBHeBNbH0Aybzwd5HriSmet3HJ6d/v8dl"
        "AMCWd41Y6oAYc6gBAE3+2uzOouC0zGt4YPvzKfvr3ffr35AFAHIat9N/0p83G53Spe83iyQJ5Fvm7X9dWefxqDVaqljHxtBe"
        "fB+ojx4mMU2uSAeA8t7jAdo63wka6rEQJJAv6de4hF6Z2EImIN91tOEm6fDRxlqv9hltwXA148ggBYcdgHz4KKvS4k7YcB14"
        "/QOoLtMc+0RDjAAAAABJRU5ErkJggg=="
    ),
    (
        "iVBORw0KGgoAAAANSUhEUgAAADAAAAAwCAQAAAD9CzEMAAADjElEQVR42sVYTUwTURD+ZkmgCQFCSYCeQCPIoUYTExA9aASM"
        "UAJEuKoJHtSLchMCdLsFAle8acRAOKNAKBzABBJ/gJOHXrCJwgkwUaSIaTHs89CynS6lbHclvNu+92a+NzPvzXyzwAkPMrZN"
        "tsEplagOKQtQd6R1NQC/EvovAAM54XrRgtuw6RZCYkYay5hq37YAIDvhJRfSk2zZEz64Fb8JALmQetAKyYAXVAwJt7KReDEt"
        "0aQgtGGcrhiMEOEyHt/4M7+kGLPgecbPl7iX+n0RI3kPn4SPBZDz6S2uJhAP0Co2xSZABSgQxVSSAOODuKN8Twog59MnnNWJ"
        "zYpxTCurup3FqKMm1Oj2fhWV8RCkc847XItXji7P8tFu8ZSjD9XxVtiruKOIh1YZjvN9UNxVJg08wgYaRTabGJZbSSS6RW30"
        "jH19SbspfzQS3IWV6+N0C3naxKX5XwuLhyzoc+wFKFPbtJJR2bFl/Ab154YXUar5YhfnDt6F9pD+epn6YFpjKuqBji3RiKB2"
        "6kzy6izwXlA/x8BEoxHfJ4jFROx1i4uRBBJVuq+wpDBnRj2gTGJO+5DgZS4ayCEX29lpOvkzSXLJ2RpAuJ5lzNlk9z758Cwz"
        "G9KpXgNQm9lrGLdUv7h0cxRAtlEtm562AiBx6TrZFrHAGatWIqDPOamN7m8ioH3Y4AQkQGJ5kSypBwBaY/aUABKgOtj6plUA"
        "wTSojogFWYmXTQ5WOqUsGKq5loYEqDvMgwWWNRYyF+1EXLTOli0D8CNK6xELAiwGxZaDXMQsCERi4IdGAqlEtgTRc4aRgRD8"
        "gAQoITHD358VAJVLTyuh6C2SxpgPmyw5iEuPackuYwp72nSNp9ysem8FYxh7YkoDaN8WPravz7SDepktPiXIa7IbqrZWLTeY"
        "US83sPOrcMcVfcWP1ywOoz3nU1ZfRqPsc+iA0scKfbfY1Zaz9yf7c1NSb6cJRr5+CzdLFVEbNtDFJErDi3KZ8dODsSJAdMe6"
        "BZbsPINihEPQkrFYKI20FMe1hz2DxsnvHDqTkQBvhdqHqrip9/bqI8jv0fSdJlTfYfouuUSTjlkfR9+jEG90Vhw0IGtiExsA"
        "CqlAFJlsQCKO+vGC7pt4CMP2RwZaqEin4HmKXkaGj89Bu+jyDMa6AmNtrBcPDLaxr4R8VBt7eo24BpJN9aKFag//SsA0xsSU"
        "EjzlnyEnPv4BPM88YiA/PHQAAAAASUVORK5CYII="
    ),
)


def first_icon() -> QIcon:
    """The icon in the usual sizes."""
    icon = QIcon()
    for picture in PICTURES:
        pixmap = QPixmap()
        pixmap.loadFromData(b64decode(picture), "PNG")
        icon.addPixmap(pixmap)
    return icon
