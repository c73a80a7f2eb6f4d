"""Furniture that has no markup of its own is known by its words: whole short lines, in several languages."""

from __future__ import annotations

import re

_LONGEST = 160
_LINES = (
    r"(?:%d|\d+) bloggers? like this:?",
    r"add yours|up \u2191|\u2191 ?(?:back to )?top|back to top|nach oben",
    r"(?:leave|post|add|submit|write) a (?:reply|comment)(?: to .{1,80})?(?: ?cancel reply)?|cancel"
    r" reply|antwort abbrechen",
    r"fill in your details below or click an icon to log ?in:?",
    r"you are commenting using your .{0,40}account.{0,40}",
    r"connecting to %s",
    r"notify me of (?:new|follow).{0,80}",
    r"your email address will not be published.{0,60}|required fields are marked.{0,10}",
    r"create a (?:free )?(?:website|blog)(?: or blog)? at .{0,40}|(?:blog|website) at"
    r" wordpress\.com.{0,20}|(?:proudly )?powered by (?:wordpress|blogger|ghost).{0,20}",
    r"share (?:this|it|on|via)\b.{0,30}|sharing is caring.{0,10}|teilen(?: mit)?:?|partager(?:"
    r" ceci)?\s?:?|compartir(?: en)?:?|compartilhe.{0,20}|condividi:?|del dette:?|dela:?",
    r"like this:?|like loading.{0,5}|loading(?:\.\.\.|\u2026)|gefällt mir:?|gefällt mir wird"
    r" geladen.{0,5}|me gusta esto:?|j.aime ?:?|curtir isso:?|liked by .{0,60}",
    r"click to (?:share|email|print)\b.{0,80}|klick,? um .{0,100}|haz clic para .{0,80}|cliquez pour .{0,80}",
    r"tweet(?: this)?|pin"
    r" (?:it|this)|facebook|twitter|pinterest|linkedin|whatsapp|tumblr|reddit|telegram|e-?mail|print|drucken",
    r"follow (?:us|me) on .{0,110}",
    r"related(?:\b.{0,25})|ähnliche (?:beiträge|artikel):?|verwandte (?:beiträge|artikel):?|you"
    r" (?:may|might) (?:also )?like:?|das könnte (?:dich|sie) auch interessieren:?|artículos"
    r" relacionados:?|articles similaires:?",
    r"(?:previous|next|older|newer) (?:post|article|entry)\b.{0,120}|(?:vorheriger|nächster)"
    r" (?:beitrag|artikel).{0,120}|beitragsnavigation|post navigation|navigation de l.article",
    r"subscribe(?: now)?|subscribe to (?:the |our |my )?\w+ (?:youtube )?(?:channel|podcast|newsletter)\b.{0,80}"
    r"|sign up (?:for|to) .{0,60}newsletter.{0,20}|abonnieren|enter your email(?:"
    r" address)?.{0,80}|join \d[\d,.]* other (?:followers|subscribers).{0,20}",
    r"(?:no|keine|\d+) (?:comments?|kommentare?|commentaires?|comentarios?|commentários?)(?: yet|"
    r" vorhanden)?|comments?|kommentare?|(?:comments are closed|kommentare sind geschlossen)\.?",
    r"\d+ (?:thoughts?|responses?|replies) (?:on|to) .{0,120}",
    r"this (?:site|website) uses (?:akismet|cookies).{0,100}|we use cookies.{0,100}|privacy"
    r" (?:&|and) cookies.{0,100}",
    r"posted (?:in|by|on)\b.{0,80}|filed under:?.{0,80}|tagged(?: with|"
    r" as):?.{0,80}|tags?:|categor(?:y|ies):|labels:.{0,80}|veröffentlicht (?:in|am|von) .{0,80}",
    r"view all posts by .{0,60}|alle beiträge von .{0,60}|about the author:?|über den autor:?",
    r"advertisements?|anzeigen?|werbung|report this ad|anuncios?|publicité|reklame",
    r"reblog(?:ged)?(?: this)?(?: on.{0,40})?|edit|edit this|permalink|trackback(?: url)?|bookmark"
    r" the permalink\.?",
    r"skip to content|zum inhalt springen|log ?in to (?:reply|comment|leave a comment)|you must be"
    r" (?:logged in|<a).{0,60}",
    r"post was not sent.{0,60}|email check failed.{0,60}|sorry, your blog cannot share.{0,60}",
    r"reply|antworten|responder|répondre",
    r"copyright (?:\u00a9|\d{4}).{0,100}|\u00a9 ?\d{4}.{0,100}|all rights reserved\.?",
    r"links to this post|newer post|older post|subscribe to: post comments.{0,20}|email this"
    r" ?blogthis.{0,80}|posted by .{1,60} at \d.{0,20}",
    r"thanks for reading .{0,60}subscribe .{0,100}|share this post|discussion about this"
    r" (?:post|episode|video)|ready for more\??",
    r"table of contents|inhaltsverzeichnis|contents \[?(?:hide|show)\]?",
)
_CONSENT = re.compile(
    r"(?:we use|this (?:web)?site uses|our (?:web)?site uses|wir verwenden|diese (?:web)?seite"
    r" (?:verwendet|nutzt)) cookies\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[\W_]{0,6}(?:related\b|recommended\b|more from\b|more (?:posts|articles|stories|recipes)\b|you"
    r" (?:may|might)\b|up next|read next|what to read next"
    r"|recent (?:posts|articles)|latest (?:posts|articles|news|stories)|other"
    r" (?:posts|articles)\b|keep reading|popular (?:posts|articles)|trending\b"
    r"|about (?:the )?authors?\b|written by\b|meet the author|subscribe\b|join our\b|(?:our"
    r" )?newsletter\b|sign up\b|get (?:the latest|news)\b|stay (?:in touch|updated|connected)\b"
    r"|share (?:this|on|via)\b|explore (?:more|the latest)\b|browse\b|browse related\b|discover"
    r" more\b|did you (?:like|enjoy)\b|if you (?:liked|enjoyed)\b|pin (?:it|this)\b"
    r"|read more about\b|tags?\b:|filed under\b|leave a\b|\d+ comments?\b|next"
    r" (?:article|post)\b|previous (?:article|post)\b|blog index"
    r"|mehr (?:zum thema|von|aus|kolumnen)\b|das (?:könnte|thema könnte)\b|weitere"
    r" (?:artikel|beiträge|themen)\b|empfohlene (?:beiträge|artikel)|schon gelesen|auch interessant"
    r"|verwandte\b|ähnliche (?:beiträge|artikel|themen)|zum newsletter|zum weiterlesen|lesen sie"
    r" auch|passend dazu|über (?:den autor|die autorin)"
    r"|artículos relacionados|también te puede|te puede interesar|más (?:sobre|noticias)\b|articles"
    r" (?:similaires|liés)|[àa] lire aussi|sur le même"
    r"|articoli correlati|leggi anche|potrebbe interessarti|veja também|leia também|inne"
    r" artykuły|czytaj (?:też|także|również)|zobacz (?:też|także)|lees ook|gerelateerd|læs også|läs också)",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r".{0,60}\b(?:sign up|subscribe|join|register)\b.{0,60}\b(?:newsletter|mailing list|email"
    r" list|email updates)\b.{0,60}"
    r"|.{0,90}\b(?:delivered|straight|directly|sent) (?:straight |directly )?to your inbox\b.{0,40}"
    r"|(?:zum |unseren? )?newsletter (?:anmelden|abonnieren).{0,40}",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:by|von|par|por|di|door|af|written by|posted by|author:?)\s.{2,50}|(?:reading"
    r" time:?\s*)?(?:about |approx\.? ?)?\d{1,3}[ -]?(?:min(?:ute)?s?|minuten)\.?(?:"
    r" read(?:ing)?)?(?: time)?.{0,12}"
    r"|(?:read(?:ing)? time|lesezeit|lesedauer|temps de lecture|tiempo de lectura)\b.{0,40}|(?:last"
    r" )?(?:updated|published|posted|modified)\b.{0,60}|(?:zuletzt )?(?:aktualisiert|veröffentlicht)\b.{0,40}"
    r"|.{0,12}back to (?:all"
    r" )?(?:blogs?|posts|articles|news)\b.{0,12}|home|blog|news|share|listen|author|writer|published"
    r" on|last updated on|jump to (?:recipe|the list|section).{0,10}|skip to.{0,20}|follow",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:fotos?|bild(?:er)?|photos?|image|images|titelbild|beitragsbild|featured image|photo"
    r" credits?|image credits?|bildquelle|crédits?"
    r" photo)\s?(?:by|von|credit|courtesy)?\s?[:\u00a9].{1,70}|\u00a9.{1,150}",
    re.IGNORECASE,
)
_TERMS = re.compile(
    r"(?:.{0,50}\| ?)?(?:tags?|tagged|keywords?|categor(?:y|ies)|kategorien?|schlagw(?:örter|orte)|etiquetas"
    r"|categorías?|labels|filed under|posted in)\s?:.{1,140}",
    re.IGNORECASE,
)
_RESIDUE = re.compile(r"[\W_]{0,6}(?:" + "|".join(_LINES) + r")[\W_]{0,6}", re.IGNORECASE)


def is_residue(text: str) -> bool:
    """Say whether a block is a known line of furniture and nothing else."""
    if len(text) > _LONGEST:
        return len(text) < 600 and _CONSENT.match(text) is not None
    return all(any(p.fullmatch(line) for p in (_RESIDUE, _OFFER, _CREDIT)) for line in text.split("\n"))


def is_closing(text: str) -> bool:
    """Say whether a short block announces what follows an article: related posts, author, newsletter."""
    return len(text) <= 80 and (len(text) <= 45 or text[-1] not in ".!") and _CLOSING.match(text) is not None


def is_terms(text: str) -> bool:
    """Say whether a line lists tags or categories, as themes set them below an article."""
    return bool(text) and all(_TERMS.fullmatch(line) for line in text.split("\n"))


def is_opening(text: str) -> bool:
    """Say whether a short block is of the kind that stands above an article: byline, date, reading time."""
    return len(text) <= 90 and _OPENING.fullmatch(text) is not None
