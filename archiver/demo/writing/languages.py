"""One post in Danish and one in Russian."""

from __future__ import annotations

from archiver.demo.model import Comment, Post, at, prose

ALOUD = Post(
    id=24,
    slug="om-at-laese-hojt",
    title="Om at læse højt",
    author="Ingrid Vestergaard",
    published=at("2023-10-29 19:20"),
    language="da-DK",
    categories=("Books", "På dansk"),
    tags=("højtlæsning",),
    body=prose("""
        Hver aften efter opvasken læser vi et kvarter højt for hinanden. Det begyndte som en nødløsning den
        vinter, hvor strømmen gik tre aftener i træk, og der kun var stearinlys nok til ét par øjne. Den, der
        sad nærmest lyset, læste, og den anden strikkede, skrællede æbler eller lod som om. Da strømmen kom
        tilbage, slukkede vi loftslampen igen. Det føltes forkert at stoppe midt i et kapitel.

        Når man læser højt, opdager man, hvor hurtigt man ellers læser. Øjnene springer over vejret,
        måltiderne og alle de små »sagde han«, men stemmen kan ikke springe noget over. Den må gå hele vejen
        rundt om huset, før den kommer ind. Jeg har læst bøger højt, som jeg troede, jeg kendte, og mødt
        personer i dem, som jeg aldrig før havde hilst på.

        Min mormor læste højt af avisen, mest dødsannoncerne, og hun læste dem, som om de var små noveller.
        »Savnet af alle,« læste hun, og så kiggede hun op over brillerne og tilføjede: »Nå ja, alle og alle.«
        Det var hende, der lærte mig, at en god oplæser ikke laver stemmer. Man skal bare tro på det, der
        står, og holde pause de steder, hvor forfatteren selv har trukket vejret.

        Der er regler. Den, der falder i søvn, bestemmer ikke, hvor vi skal læse videre fra i morgen. Man må
        gerne afbryde for at grine, men ikke for at gætte slutningen. Og hvis bogen er dårlig, må man sige
        det højt én gang pr. kapitel, hvorefter man skal læse videre med den samme venlige stemme.

        I aften er det min tur. Vi er kommet til det sted, hvor skibet endelig får land i sigte, og Nadia har
        allerede sat vand over. Har du nogen at læse højt for, så prøv det i en uge. Og har du ingen, så læs
        for katten. Den er strengere, end man skulle tro, men den bliver siddende.
        """),
    comments=(
        Comment(
            151,
            "Karen fra nr. 9",
            at("2023-10-30 08:15"),
            "Min mand læser højt af brugsanvisninger. Tæller det?",
            replies=(
                Comment(
                    152,
                    "Ingrid Vestergaard",
                    at("2023-10-30 17:48"),
                    "Det tæller, hvis han holder pause de rigtige steder.",
                ),
            ),
        ),
    ),
)

MARGINS = Post(
    id=45,
    slug="письмо-на-полях",
    title="Письмо на полях",
    author="Nadia Brodie",
    published=at("2024-01-13 14:00"),
    language="ru-RU",
    categories=("Books", "По-русски"),
    tags=("бабушка",),
    body=prose("""
        На прошлой неделе мне прислали из дома коробку с книгами: мамина соседка разбирала антресоли и
        решила, что бумаге будет лучше у меня. Коробка пахла пылью, яблоками и немного нафталином. Сверху
        лежала поваренная книга без обложки, под ней — учебник географии, а на самом дне — тонкий сборник
        рассказов, который я искала почти двадцать лет.

        Искала я не столько сам сборник, сколько карандаш в нём. Бабушка никогда не писала писем длиннее
        открытки, зато разговаривала с книгами. На полях у неё стояли не галочки и не восклицательные знаки,
        а целые реплики: «ну уж нет», «а сам-то хорош», «прочесть Лиде вслух». Если герой вёл себя глупо, она
        ставила рядом маленькую букву «э» с хвостиком, и вся семья знала, что это вздох.

        На сорок третьей странице я нашла то, чего раньше не замечала. Рядом с описанием зимней дороги, где
        ничего не происходит, кроме снега, карандашом было выведено: «Вот здесь хорошо. Здесь можно
        остаться». Бабушка, судя по стёртому уголку, перечитывала этот абзац много раз, а я в детстве всегда
        его пропускала, потому что торопилась узнать, чем всё кончится.

        Теперь я тоже пишу на полях, хотя меня учили, что книги портить нельзя. Пишу мягким карандашом,
        неразборчиво и по-русски, чтобы Ингрид не сразу догадалась, что именно я думаю о её любимом романе.
        Она, впрочем, догадывается по нажиму. Мы живём вместе достаточно давно, чтобы различать вздохи и без
        буквы «э».

        Если у вас дома есть книга с чужими пометками, не стирайте их и не спешите её отдавать. Это, пожалуй,
        единственный вид писем, на который можно ответить и через сорок лет: просто взять карандаш и
        приписать снизу, что вы здесь были и что снег всё ещё идёт.
        """),
    comments=(
        Comment(
            211,
            "Лена",
            at("2024-01-13 18:26"),
            "У моего деда на полях стояли только цены на бензин. Зато за все годы.",
        ),
    ),
)

POSTS = (ALOUD, MARGINS)
