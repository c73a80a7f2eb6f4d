"""Words that bear a review out, and words that cannot stand where a name or a work stands in a title."""

from __future__ import annotations


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


PARTICLES = _words(
    """
    de du des da das dos di del della van von der den ter le la el al ibn bin af av y e the of and & och og und et
    """
)
NO_NAMES = _words(
    """
    me you him her us them it myself yourself himself herself itself themselves ourselves step side day night year
    week month hand heart numbers example accident mistake design default chance choice law doing moonlight
    candlelight sea river lake wordpress committee nature definition proxy force bit piece one two three word page
    chapter line
    """
)
GENERIC = _words(
    """
    post interview photo photos photography picture pictures essay recipe recipes story art video guest words text
    article music illustration illustrations illustrated lunch dinner dress speech talk lecture report notes
    letter comment update stand close nearby near passing standing walking written inspired powered made presented
    hosted sponsored
    """
)
MADE = _words(
    """
    inspired created directed produced designed edited cooked baked painted filmed drawn driven founded hosted
    crafted built blinded killed haunted surrounded followed touched moved recommended approved tested loved
    """
)
BOOKS = _words(
    """
    book books novel novels novella author memoir memoirs fiction read reading reread chapter chapters narrator
    publisher published pages autobiography biography poems poetry translated translation translator stories
    literature plot protagonist essays buch bücher roman autor autorin gelesen lesen bog bogen bøger forfatter
    forfatteren romanen læst bok boken böcker författare läst livre livres romans auteur libro libros novela
    autora lectura romanzo lettura livro leitura książka powieść kniha boek schrijver книга книги книгу роман
    автор
    """
)
FILMS = _words(
    """
    film films movie movies cinema director directed screenplay actor actress actors cast scene screening
    documentary regisseur kino schauspieler instruktør biograf filmen réalisateur película películas regista filme
    фильм
    """
)
REVIEWS = _words(
    """
    review reviews reviewed reviewing rezension anmeldelse recension reseña critique recensione resenha recensie
    """
)
