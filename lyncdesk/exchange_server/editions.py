"""Which Exchange the server says it is."""

from dataclasses import dataclass

SCHEMA = "V2017_07_11"
VERSIONS = (
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2009",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2012",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
    "V2015_10_05",
    "V2016_01_06",
    "V2016_04_13",
    "V2016_07_13",
    "V2016_10_10",
    "V2017_01_07",
    "V2017_04_14",
    SCHEMA,
)


@dataclass(frozen=True, slots=True)
class Edition:
    """A version: its build, the schema it answers in, and those in which it may be asked."""

    build: tuple[int, int, int, int]
    schema: str
    versions: tuple[str, ...]


EXCHANGE_SE = Edition((15, 2, 2562, 17), SCHEMA, VERSIONS)  # the Subscription Edition
AS_2007 = Edition((8, 3, 485, 1), VERSIONS[1], VERSIONS[:2])
