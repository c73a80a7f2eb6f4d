"""Furniture that has no markup of its own is known by its words: whole short lines, in several languages."""

from __future__ import annotations

import re

_LONGEST = 160
_LINES = (
    r"(?:%d|\d+) bloggers? like this:?",
    r"add yours|up \u2191|\u2191 ?(?:back to )?top|back to top|nach oben",
    r"(?:leave|post|add|submit|write) a (?:reply|comment)(?: to .{1,80})?(?: ?cancel reply)?|cancel reply|antwort abbrechen",
    r"fill in your details below or click an icon to log ?in:?",
    r"you are commenting using your .{0,40}account.{0,40}",
    r"connecting to %s",
    r"notify me of (?:new|follow).{0,80}",
    r"your email address will not be published.{0,60}|required fields are marked.{0,10}",
    r"create a (?:free )?(?:website|blog)(?: or blog)? at .{0,40}|(?:blog|website) at wordpress\.com.{0,20}|(?:proudly )?powered by (?:wordpress|blogger|ghost).{0,20}",
    r"share (?:this|it|on|via)\b.{0,30}|sharing is caring.{0,10}|teilen(?: mit)?:?|partager(?: ceci)?\s?:?|compartir(?: en)?:?|compartilhe.{0,20}|condividi:?|del dette:?|dela:?",
    r"like this:?|like loading.{0,5}|loading(?:\.\.\.|\u2026)|gef\u00e4llt mir:?|gef\u00e4llt mir wird geladen.{0,5}|me gusta esto:?|j.aime ?:?|curtir isso:?|liked by .{0,60}",
    r"click to (?:share|email|print)\b.{0,80}|klick,? um .{0,100}|haz clic para .{0,80}|cliquez pour .{0,80}",
    r"tweet(?: this)?|pin (?:it|this)|facebook|twitter|pinterest|linkedin|whatsapp|tumblr|reddit|telegram|e-?mail|print|drucken",
    r"follow (?:us|me) on .{0,60}",
    r"related(?:\b.{0,25})|\u00e4hnliche (?:beitr\u00e4ge|artikel):?|verwandte (?:beitr\u00e4ge|artikel):?|you (?:may|might) (?:also )?like:?|das k\u00f6nnte (?:dich|sie) auch interessieren:?|art\u00edculos relacionados:?|articles similaires:?",
    r"(?:previous|next|older|newer) (?:post|article|entry)\b.{0,120}|(?:vorheriger|n\u00e4chster) (?:beitrag|artikel).{0,120}|beitragsnavigation|post navigation|navigation de l.article",
    r"subscribe(?: now)?|sign up (?:for|to) .{0,60}newsletter.{0,20}|abonnieren|enter your email(?: address)?.{0,80}|join \d[\d,.]* other (?:followers|subscribers).{0,20}",
    r"(?:no|keine|\d+) (?:comments?|kommentare?|commentaires?|comentarios?|comment\u00e1rios?)(?: yet| vorhanden)?|comments?|kommentare?|(?:comments are closed|kommentare sind geschlossen)\.?",
    r"\d+ (?:thoughts?|responses?|replies) (?:on|to) .{0,120}",
    r"this (?:site|website) uses (?:akismet|cookies).{0,100}|we use cookies.{0,100}|privacy (?:&|and) cookies.{0,100}",
    r"posted (?:in|by|on)\b.{0,80}|filed under:?.{0,80}|tagged(?: with| as):?.{0,80}|tags?:|categor(?:y|ies):|labels:.{0,80}|veröffentlicht (?:in|am|von) .{0,80}",
    r"view all posts by .{0,60}|alle beitr\u00e4ge von .{0,60}|about the author:?|\u00fcber den autor:?",
    r"advertisements?|anzeigen?|werbung|report this ad|anuncios?|publicit\u00e9|reklame",
    r"reblog(?:ged)?(?: this)?(?: on.{0,40})?|edit|edit this|permalink|trackback(?: url)?|bookmark the permalink\.?",
    r"skip to content|zum inhalt springen|log ?in to (?:reply|comment|leave a comment)|you must be (?:logged in|<a).{0,60}",
    r"post was not sent.{0,60}|email check failed.{0,60}|sorry, your blog cannot share.{0,60}",
    r"reply|antworten|responder|r\u00e9pondre",
    r"copyright (?:\u00a9|\d{4}).{0,100}|\u00a9 ?\d{4}.{0,100}|all rights reserved\.?",
    r"links to this post|newer post|older post|subscribe to: post comments.{0,20}|email this ?blogthis.{0,80}|posted by .{1,60} at \d.{0,20}",
    r"thanks for reading .{0,60}subscribe .{0,100}|share this post|discussion about this (?:post|episode|video)|ready for more\??",
    r"table of contents|inhaltsverzeichnis|contents \[?(?:hide|show)\]?",
)
_CLOSING = re.compile(
    r"[\W_]{0,6}(?:related\b|recommended\b|more from\b|more (?:posts|articles|stories|recipes)\b|you (?:may|might)\b|up next|read next|what to read next"
    r"|recent (?:posts|articles)|latest (?:posts|articles|news|stories)|other (?:posts|articles)\b|keep reading|popular (?:posts|articles)|trending\b"
    r"|about (?:the )?authors?\b|written by\b|meet the author|subscribe\b|join our\b|(?:our )?newsletter\b|sign up\b|get (?:the latest|news)\b|stay (?:in touch|updated|connected)\b"
    r"|share (?:this|on|via)\b|explore (?:more|the latest)\b|browse\b|browse related\b|discover more\b|did you (?:like|enjoy)\b|if you (?:liked|enjoyed)\b|pin (?:it|this)\b"
    r"|read more about\b|tags?\b:|filed under\b|leave a\b|\d+ comments?\b|next (?:article|post)\b|previous (?:article|post)\b|blog index"
    r"|mehr (?:zum thema|von|aus|kolumnen)\b|das (?:k\u00f6nnte|thema k\u00f6nnte)\b|weitere (?:artikel|beitr\u00e4ge|themen)\b|empfohlene (?:beitr\u00e4ge|artikel)|schon gelesen|auch interessant"
    r"|verwandte\b|\u00e4hnliche (?:beitr\u00e4ge|artikel|themen)|zum newsletter|zum weiterlesen|lesen sie auch|passend dazu|\u00fcber (?:den autor|die autorin)"
    r"|art\u00edculos relacionados|tambi\u00e9n te puede|te puede interesar|m\u00e1s (?:sobre|noticias)\b|articles (?:similaires|li\u00e9s)|[\u00e0a] lire aussi|sur le m\u00eame"
    r"|articoli correlati|leggi anche|potrebbe interessarti|veja tamb\u00e9m|leia tamb\u00e9m|inne artyku\u0142y|czytaj (?:te\u017c|tak\u017ce|r\u00f3wnie\u017c)|zobacz (?:te\u017c|tak\u017ce)|lees ook|gerelateerd|l\u00e6s ogs\u00e5|l\u00e4s ocks\u00e5)",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r".{0,60}\b(?:sign up|subscribe|join|register)\b.{0,60}\b(?:newsletter|mailing list|email list|email updates)\b.{0,60}"
    r"|.{0,90}\b(?:delivered|straight|directly|sent) (?:straight |directly )?to your inbox\b.{0,40}"
    r"|(?:zum |unseren? )?newsletter (?:anmelden|abonnieren).{0,40}",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:by|von|par|por|di|door|af|written by|posted by|author:?)\s.{2,50}|(?:reading time:?\s*)?(?:about |approx\.? ?)?\d{1,3}[ -]?(?:min(?:ute)?s?|minuten)\.?(?: read(?:ing)?)?(?: time)?.{0,12}"
    r"|(?:read(?:ing)? time|lesezeit|lesedauer|temps de lecture|tiempo de lectura)\b.{0,40}|(?:last )?(?:updated|published|posted|modified)\b.{0,60}|(?:zuletzt )?(?:aktualisiert|ver\u00f6ffentlicht)\b.{0,40}"
    r"|.{0,12}back to (?:all )?(?:blogs?|posts|articles|news)\b.{0,12}|home|blog|news|share|listen|author|writer|published on|last updated on|jump to (?:recipe|the list|section).{0,10}|skip to.{0,20}|follow",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:fotos?|bild(?:er)?|photos?|image|images|titelbild|beitragsbild|featured image|photo credits?|image credits?|bildquelle|cr\u00e9dits? photo)\s?(?:by|von|credit|courtesy)?\s?[:\u00a9].{1,70}|\u00a9.{1,60}",
    re.IGNORECASE,
)
_RESIDUE = re.compile(r"[\W_]{0,6}(?:" + "|".join(_LINES) + r")[\W_]{0,6}", re.IGNORECASE)


def is_residue(text: str) -> bool:
    """Say whether a block is a known line of furniture and nothing else."""
    if len(text) > _LONGEST or "\n" in text:
        return False
    return any(p.fullmatch(text) for p in (_RESIDUE, _OFFER, _CREDIT))


def is_closing(text: str) -> bool:
    """Say whether a short block announces what comes after an article: related posts, the author, a newsletter."""
    return len(text) <= 80 and (len(text) <= 45 or text[-1] not in ".!") and _CLOSING.match(text) is not None


def is_opening(text: str) -> bool:
    """Say whether a short block is of the kind that stands above an article: byline, date, reading time."""
    return len(text) <= 90 and _OPENING.fullmatch(text) is not None
