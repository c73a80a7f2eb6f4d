"""The language of a text: by its script, by its commonest words, or by the page's own word."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_STOP = {
    "en": "the and of to in that is was for it with as his he be on not this but had you are have"
    " they which from my we",
    "de": "der die und das ist nicht ich ein zu in den mit auf es sich auch dem von aber wie eine wir für sind war",
    "da": "og i at det er en den til af som på de med han for ikke der var mig sig men et har om vi"
    " min havde jeg blev meget hvad nu",
    "sv": "och i att det som en på är av för med till den har inte om ett jag men var sig han så från vi",
    "no": "og i at det er en den til av som på de med han for ikke der var meg seg men et har om vi"
    " min hadde jeg ble mye hva nå",
    "nl": "de en het van ik te dat die in een hij niet zijn is was op aan met als voor had er maar om dan zou wat",
    "fr": "le la les de des et un une est que dans qui pour pas sur au avec ce il elle je ne nous vous mais plus",
    "es": "el la los las de que y en un una es no se por con para como su lo pero más al del yo este muy",
    "it": "il la di che e non un una per in con sono è si ma come da del della nel i le più mi questo anche",
    "pt": "o a os as de que e em um uma não é se por com para como mais mas do da no na eu seu sua foi",
    "pl": "i w nie na się że z to jest do jak o ale po co tak za od już dla tym przez było tego",
    "cs": "a se v na je že to s z i do jako ale by o pro tak za po jsem jsou který byl co",
}
# Danish and Norwegian share nearly all short words; the few that differ decide between the two.
_TWINS = {"da": "no", "no": "da"}
_SETS = {code: frozenset(words.split()) for code, words in _STOP.items()}
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
# Languages that share a script: the script alone does not contradict a page that names one of them.
_SAME_SCRIPT = {
    "ru": {"ru", "uk", "bg", "sr", "be", "mk", "kk", "mn"},
    "ar": {"ar", "fa", "ur", "ps"},
    "ja": {"ja"},
    "zh": {"zh", "ja"},
    "hi": {"hi", "mr", "ne"},
    "he": {"he", "yi", "iw"},
}
_LATIN_ONLY = frozenset({*_SETS, "fi", "hu", "ro", "tr", "id", "ca", "et", "lv", "lt", "hr", "sl", "sk", "vi"})


def detect(text: str, declared: str | None) -> str | None:
    """Return the ISO 639-1 code of a text; the page's own word stands unless the text contradicts it."""
    sample = text[:20_000]
    letters = sum(1 for c in sample if c.isalpha())
    if letters < 8:
        return declared
    for code, script in _SCRIPTS:
        share = len(script.findall(sample)) / letters
        if share > (0.15 if code == "ja" else 0.4):
            return declared if declared in _SAME_SCRIPT.get(code, {code}) else code
    words = [w.lower() for w in _WORD.findall(sample)]
    if len(words) < 20:
        return declared
    votes = {code: sum(w in stop for w in words) for code, stop in _SETS.items()}
    winner = max(votes, key=lambda code: (votes[code], code))
    twin = _TWINS.get(winner)
    first = votes[winner]
    second = max(v for code, v in votes.items() if code not in (winner, twin))
    sure = first >= 0.15 * len(words) and first >= 1.25 * second and (twin is None or first > votes[twin])
    if declared is None or declared not in _LATIN_ONLY:
        return winner if sure else declared
    if declared == twin or declared not in votes:
        return declared
    return winner if sure and first >= 1.6 * votes[declared] else declared
