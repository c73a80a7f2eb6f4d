"""What pages say, in several languages, that have nothing else to say: titles, headings and sentences of walls.

They tell on a page of few words alone; `walls` sees to that.
"""

from __future__ import annotations

import re


def _whole(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"(?:" + "|".join(phrases) + r")[\s.!\u2026\u3002]*", re.IGNORECASE)


# Titles and headings that are nothing but a message.
TITLES = (
    (
        "challenge",
        _whole(
            r"just a moment|one moment,? please|please wait|attention required!?|checking your browser",
            r"(?:security|robot|bot|human) (?:check|challenge|verification)|robot challenge screen|ddos-guard",
            r"(?:please )?verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a )?(?:robot|human)\??",
            r"robot or human\??|making sure you(?:'|\u2019)re not a bot|vercel security checkpoint",
            r"access (?:to this page has been )?denied|sucuri website firewall|request unsuccessful|403 forbidden",
            r"nur einen moment|einen moment(?: bitte)?|un instant|un momento|um momento|een ogenblik(?: geduld)?",
            r"один момент|подождите|chwileczkę|bir dakika lütfen",
            r"しばらくお待ちください|请稍候|請稍候|잠시만 기다리십시오",
        ),
    ),
    (
        "private",
        _whole(
            r"private (?:site|blog)|this (?:site|blog|website) is (?:marked )?private|permission denied",
            r"(?:this blog is )?open to invited readers only|(?:dieses blog|diese (?:web)?site) ist privat",
            r"ce (?:site|blog) est privé|este (?:sitio|blog) es privado|este (?:site|blog) é privado",
            r"questo (?:sito|blog) è privato",
        ),
    ),
    ("content_warning", _whole(r"content warning|sensitive content warning")),
    (
        "suspended",
        _whole(
            r"(?:this )?(?:account|site|website|blog) (?:has been |is )?(?:suspended|disabled|deleted|removed)",
            r"(?:the )?(?:authors? (?:has|have) deleted this (?:site|blog))|deleted (?:site|blog)|website expired",
            r"konto gesperrt|compte suspendu|cuenta suspendida|conta suspensa|account sospeso",
        ),
    ),
    (
        "parked",
        _whole(
            r"(?:this )?domain(?: name)? (?:is |has )?(?:been )?(?:parked|expired|for sale|not configured)",
            r"parked domain(?: name)?|domain geparkt|welcome to nginx|apache2 \w{1,20} default page(?:: it works)?",
            r"website (?:is )?under construction|index of /|default web ?site page",
        ),
    ),
    (
        "login_wall",
        _whole(
            r"(?:please )?(?:log|sign) ?[io]n(?: to (?:continue|read|view)(?: reading)?)?|(?:member|user) login",
            r"anmelden|einloggen|anmeldung|connexion|se connecter|identifiez-vous|iniciar sesión|acceder|inicia sesión",
            r"accedi|entrar|iniciar sessão|fazer login|inloggen|aanmelden|log ind|logga in|logg inn",
            r"kirjaudu(?: sisään)?|zaloguj(?: się)?|logowanie|přihlášení|bejelentkezés|giriş(?: yap)?",
            r"войти|вход|увійти",
            r"σύνδεση|ログイン|登录|登錄|登入|로그인|đăng nhập|masuk|تسجيل الدخول|התחברות",
        ),
    ),
)
NOT_FOUND = _whole(
    r"(?:error:? |http )?40[410](?:[ :\u2013\u2014-]{1,3}(?:error|(?:page |file )?not found|gone))?",
    r"(?:(?:sorry|oops|uh oh|whoops)[,.!\u2026 ]{0,4})?(?:this |that |the )?"
    r"(?:page|post|article|entry|content|site|url|file)(?: you(?:'re| are| were) looking for)?(?: in this blog)?"
    r" (?:(?:(?:was|is|could)(?: not|n['\u2019]t)|cannot|can['\u2019]t|not)(?: be)? (?:found|available)"
    r"|(?:does(?: not|n['\u2019]t)|no longer) exists?)",
    r"not found|nothing (?:was )?found(?: here)?|no (?:posts?|results?|articles?|entries) (?:were )?found",
    r"(?:die )?(?:seite|beitrag|artikel)(?: wurde)? (?:leider )?nicht gefunden|nichts gefunden|keine beiträge gefunden",
    r"(?:la )?(?:page|article) (?:est )?(?:introuvable|non trouvée?|n['\u2019]existe pas)",
    r"aucun résultat(?: trouvé)?|rien trouvé",
    r"(?:la )?página no (?:encontrada|existe|se encuentra)|nada encontrado|no se (?:ha )?encontr(?:ó|ado) nada",
    r"(?:a )?página não (?:foi )?encontrada|nada (?:foi )?encontrado",
    r"(?:la )?pagina (?:non (?:è stata )?trovata|non esiste)|nessun risultato|nulla trovato",
    r"(?:de )?pagina (?:is )?niet gevonden|niets gevonden",
    r"side(?:n)? (?:blev |ble |er )?ikke fundet|fant ikke siden|siden (?:ble |finnes )?ikke (?:funnet)?|intet fundet",
    r"sidan (?:hittades inte|kunde inte hittas|finns inte)|inget hittades|sivua ei (?:löytynyt|löydy)|ei tuloksia",
    r"nie znaleziono(?: strony)?|strona nie (?:została znaleziona|istnieje)|stránka nebyla nalezena|stránka nenalezena",
    r"stránka nenájdená|az oldal nem található|nincs találat|pagina nu a fost găsită|stranica nije pronađena",
    r"страница не найдена|ничего не найдено|сторінку не знайдено|нічого не знайдено|страницата не е намерена",
    r"sayfa bulunamadı|η σελίδα δεν βρέθηκε|no s(?:'|\u2019)ha trobat la pàgina|(?:halaman|laman) tidak ditemukan",
    r"không tìm thấy trang|ไม่พบหน้า(?:นี้)?|الصفحة غير موجودة|לא נמצא(?: הדף)?|הדף לא נמצא|העמוד לא נמצא",
    r"ページが(?:見つかりません(?:でした)?|存在しません)|お探しのページは見つかりません(?:でした)?",
    r"找不到(?:页面|頁面|该页)|页面(?:未找到|不存在)|頁面不存在|(?:요청하신 )?페이지를 찾을 수 없습니다",
)
# Sentences of such pages, where nothing but the sentence tells.
SENTENCES = (
    (
        "suspended",
        re.compile(
            r"the authors have deleted this (?:site|blog)|(?:site|blog) has been archived or suspended"
            r"|account has been suspended|sorry, the blog at .{1,100} has been removed"
            r"|(?:account|site|blog) (?:was|has been) (?:suspended|disabled) (?:for|due to|because)",
            re.IGNORECASE,
        ),
    ),
    (
        "private",
        re.compile(
            r"(?:site|blog) is marked private by its owner|blog is open to invited readers only"
            r"|doesn(?:'|\u2019)t look like you have been invited to read this blog|this site is private\.",
            re.IGNORECASE,
        ),
    ),
    (
        "parked",
        re.compile(
            r"(?:buy|inquire about|acquire) this domain|domain (?:name )?(?:is|may be) for sale"
            r"|domain (?:name )?(?:has|is) (?:expired|parked)|parked free,? courtesy of|domain parking"
            r"|diese domain (?:steht zum verkauf|kaufen)|domaine est à vendre|dominio está (?:en venta|à venda)"
            r"|this domain was (?:recently )?registered (?:at|by|with)",
            re.IGNORECASE,
        ),
    ),
    (
        "challenge",
        re.compile(
            r"enable javascript and cookies to continue|checking (?:if the site connection is secure|your browser)"
            r"|unusual traffic from your|press (?:and|&) hold to confirm you are|incapsula incident id"
            r"|your access to this site has been limited|complete the security check|ddos protection by",
            re.IGNORECASE,
        ),
    ),
)
SCRIPTS_WANTED = re.compile(
    r"(?:enable|requires?|needs?|turn on|activate|allow|without) java ?script|java ?script (?:is|must be|to be)"
    r"|java ?script (?:aktivieren|deaktiviert|einschalten|inschakelen)|aktivier\w{1,4} (?:sie )?java ?script"
    r"|java ?script (?:est )?(?:désactivé|requis)|(?:habilit|activ|ativ|abilit)\w{1,4} (?:el |o )?java ?script"
    r"|java ?script ?(?:を有効|が無効|를|을)|(?:启用|啟用|开启|開啟) ?java ?script"
    r"|включите java ?script|java ?script отключ",
    re.IGNORECASE,
)
