"""What the results pages say in Kazakh, Russian and English, and how they write money, numbers and times.

Every phrase is in a table like the one here and nowhere else, so that one can be mended without touching code or templates.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from api.web.languages import LANGUAGES
from domain.times import KAZAKHSTAN

_TIYN: Final = 100
_NO_BREAK: Final = "\u00a0"

Say = Callable[..., str]
"""A phrase by its key, with facts put in by their names."""

Phrases = Mapping[str, tuple[str, str, str]]
"""By key: in Kazakh, Russian and English."""

_PHRASES: Final[Phrases] = {
    "service": ("Халық қатысатын бюджет", "Бюджет народного участия", "Participatory budget"),
    "rounds": ("Дауыс беру науқандары", "Голосования", "Rounds"),
    "no_rounds": ("Әзірге науқан жоқ.", "Пока нет ни одного голосования.", "There are no rounds yet."),
    "older": ("Бұрынғылары", "Более ранние", "Older rounds"),
    "not_found": ("Мұндай науқан жоқ", "Такого голосования нет", "There is no such round"),
    "not_found_detail": (
        "Мекенжайды тексеріңіз немесе науқандар тізімінен бастаңыз.",
        "Проверьте адрес или начните со списка голосований.",
        "Check the address, or start from the list of rounds.",
    ),
    "not_yet": ("Дауыс беру аяқталған жоқ", "Голосование не завершено", "Voting has not ended"),
    "not_yet_detail": (
        "Бұл бет дауыс беру аяқталып, дауыстар саналғаннан кейін ашылады.",
        "Эта страница откроется, когда голосование завершится и голоса будут подсчитаны.",
        "This page opens when voting has ended and the votes are counted.",
    ),
    "all_rounds": ("Барлық науқандар", "Все голосования", "All rounds"),
    "language": ("Тіл", "Язык", "Language"),
    "results": ("Нәтижелер", "Результаты", "Results"),
    "voting_window": (
        "Дауыс беру: {opens} – {closes}",
        "Голосование: {opens} – {closes}",
        "Voting: {opens} – {closes}",
    ),
    "time_zone": ("Астана уақыты", "время Астаны", "Astana time"),
    "kind_city": ("Қалалық науқан", "Городское голосование", "City round"),
    "kind_rural": ("Ауылдық округ конкурсы", "Конкурс сельского округа", "Contest of a rural district"),
    "phase_drafted": ("Дайындалып жатыр", "Готовится", "In preparation"),
    "phase_intake": ("Ұсыныстар қабылдануда", "Идёт приём предложений", "Proposals are taken in"),
    "phase_review": ("Ұсыныстар қаралуда", "Предложения рассматриваются", "Proposals are under review"),
    "phase_voting": ("Дауыс беру жүріп жатыр", "Идёт голосование", "Voting is under way"),
    "phase_closed": ("Дауыс беру аяқталды", "Голосование завершено", "Voting closed"),
    "phase_concluded": ("Қорытынды бекітілді", "Заключение утверждено", "Conclusion approved"),
    "phase_published": ("Қорытынды жарияланды", "Заключение опубликовано", "Conclusion published"),
    "phase_implementing": ("Жобалар іске асырылуда", "Проекты реализуются", "Projects are being carried out"),
    "phase_completed": ("Аяқталды", "Завершено", "Completed"),
    "phase_cancelled": ("Күші жойылды", "Отменено", "Cancelled"),
    "before_results": (
        "Нәтижелер дауыс беру аяқталғаннан кейін жарияланады. Оған дейін тек қатысу деңгейі көрсетіледі.",
        "Результаты появятся после окончания голосования. До этого видна только явка.",
        "Results appear when voting has closed. Until then only the turnout is shown.",
    ),
    "being_counted": (
        "Дауыстар саналуда. Бетті бір минуттан кейін жаңартыңыз.",
        "Голоса подсчитываются. Обновите страницу через минуту.",
        "The votes are being counted. Reload this page in a minute.",
    ),
    "cancelled": ("Себебі: {reason}", "Причина: {reason}", "Reason: {reason}"),
    "status_provisional": ("Алдын ала нәтижелер", "Предварительные результаты", "Provisional results"),
    "provisional_detail": (
        "Барлық бюллетень саналды. Әкім аппаратының қорытындысы әлі бекітілген жоқ.",
        "Все бюллетени подсчитаны. Заключение аппарата акима ещё не утверждено.",
        "All ballots are counted. The akim's office has not approved its conclusion yet.",
    ),
    "status_concluded": ("Қорытынды бекітілді", "Заключение утверждено", "Conclusion approved"),
    "concluded_detail": (
        "Қорытынды бекітілді, бірақ әлі жарияланған жоқ.",
        "Заключение утверждено, но ещё не опубликовано.",
        "The conclusion is approved but not published yet.",
    ),
    "status_published": ("Ресми нәтижелер", "Официальные результаты", "Official results"),
    "published_detail": (
        "Қорытынды {at} жарияланды.",
        "Заключение опубликовано {at}.",
        "The conclusion was published on {at}.",
    ),
    "status_corrected": (
        "Ресми нәтижелер, түзетілген",
        "Официальные результаты, исправленные",
        "Official results, corrected",
    ),
    "corrected_detail": (
        "№ {number} нұсқа {at} жарияланды және бұрынғысының орнына жүреді. Түзету себебі: «{reason}».",
        "Версия № {number} опубликована {at} и заменяет прежнюю. Причина исправления: «{reason}».",
        "Version {number} was published on {at} and replaces the one before. Reason of the correction: «{reason}».",
    ),
    "as_of": (
        "Ашық журналдың {position}-жазбасына дейінгі жағдай бойынша.",
        "По состоянию на запись {position} открытого журнала.",
        "As of entry {position} of the public log.",
    ),
    "where": ("Жарияланған жері", "Где опубликовано", "Published at"),
    "turnout": ("Қатысу деңгейі", "Явка", "Turnout"),
    "unit": ("Аумақтық бірлік", "Территориальная единица", "Unit"),
    "people": ("Тізімде", "В списке", "On the roll"),
    "cast": ("Дауыс берді", "Проголосовало", "Voted"),
    "rank": ("Орын", "Место", "Rank"),
    "project": ("Жоба", "Проект", "Project"),
    "cost": ("Құны", "Стоимость", "Cost"),
    "votes": ("Дауыстар", "Голоса", "Votes"),
    "voters": ("Дауыс бергендер", "Проголосовало", "Voters"),
    "points": ("Ұпайлар", "Баллы", "Points"),
    "balance": ("Қалдық", "Остаток", "Remaining"),
    "decision": ("Шешім", "Решение", "Decision"),
    "projects": ("Бюллетеньдегі жобалар", "Проекты в бюллетене", "Projects on the ballot paper"),
    "envelope": ("Бөлінген қаражат", "Выделено", "Envelope"),
    "spent": ("Жобаларға жұмсалады", "Пойдёт на проекты", "Goes to projects"),
    "left": ("Жұмсалмай қалады", "Останется", "Left unspent"),
    "no_projects": (
        "Бұл бірлікте жоба болған жоқ.",
        "В этой единице не было проектов.",
        "This unit had no projects.",
    ),
    "funded": ("Қаржыландырылады", "Финансируется", "Funded"),
    "not_funded": ("Қаржыландырылмайды", "Не финансируется", "Not funded"),
    "fewer_than_ten_voters": (
        "Дауыс бергендер оннан аз",
        "Проголосовало менее десяти",
        "Fewer than ten voters",
    ),
    "below_minimum_voters": (
        "Дауыс бергендер жергілікті шектен аз: кемінде {minimum} қажет",
        "Ниже местного порога: нужно не менее {minimum} проголосовавших",
        "Below the local threshold: at least {minimum} voters are needed",
    ),
    "below_score": (
        "Жергілікті шектен төмен: кемінде {threshold} ұпай қажет",
        "Ниже местного порога: нужно не менее {threshold} баллов",
        "Below the local threshold: at least {threshold} points are needed",
    ),
    "did_not_fit": (
        "Қаражат жетпеді: {left} қалған еді",
        "Не хватило средств: оставалось {left}",
        "Did not fit: {left} was left",
    ),
    "stopped_by": (
        "{project}-жобаға қаражат жетпеген соң бөлу тоқтатылды",
        "Распределение остановилось на проекте {project}, на который не хватило средств",
        "The money stopped at project {project}, which did not fit",
    ),
    "lost_tie_lower_cost": (
        "Дауыс саны тең: құны төмен жобаға берілді",
        "Равное число голосов: выбран более дешёвый проект",
        "Lost a tie: the project of lower cost went first",
    ),
    "lost_tie_lot": (
        "Дауыс саны мен құны тең: жеребе шешті",
        "Равные голоса и стоимость: решил жребий",
        "Lost a tie: a drawn lot decided",
    ),
    "lost_tie_listed_order": (
        "Дауыс саны тең: тізімдегі рет шешті",
        "Равное число голосов: решил порядок в списке",
        "Lost a tie: the listed order decided",
    ),
    "excluded_by_another": (
        "{project}-жобамен қатар іске асырылмайды, ол қаржыландырылады",
        "Исключён проектом {project}, который финансируется",
        "Excluded by project {project}, which is funded",
    ),
    "withdrawn": ("Автор қайтарып алды", "Отозван автором", "Withdrawn by its author"),
    "ties": ("Тең дауыстар", "Равные голоса", "Ties that mattered"),
    "tie_lower_cost": (
        "{unit}, {score} дауыс: {projects}. Құны төмені бірінші тұрды.",
        "{unit}, по {score}: {projects}. Первым шёл более дешёвый.",
        "{unit}, {score} each: {projects}. The lower cost went first.",
    ),
    "tie_lot": (
        "{unit}, {score} дауыс: {projects}. Ретін дауыс беруге дейін тартылған жеребе белгіледі.",
        "{unit}, по {score}: {projects}. Порядок определил жребий, брошенный до голосования.",
        "{unit}, {score} each: {projects}. A lot drawn before voting opened set the order.",
    ),
    "tie_listed_order": (
        "{unit}, {score} дауыс: {projects}. Тізімдегі рет қолданылды.",
        "{unit}, по {score}: {projects}. Порядок — как в списке.",
        "{unit}, {score} each: {projects}. Taken in listed order.",
    ),
    "changes": ("Түзету нені өзгертті", "Что изменило исправление", "What the correction changed"),
    "before": ("Бұрын", "Было", "Before"),
    "after": ("Енді", "Стало", "Now"),
    "versions": ("Қорытынды нұсқалары", "Версии заключения", "Versions of the conclusion"),
    "version": ("№ {number} нұсқа", "Версия № {number}", "Version {number}"),
    "state_approved": ("бекітілген", "утверждена", "approved"),
    "state_published": ("жарияланған: {at}", "опубликована {at}", "published on {at}"),
    "download": ("Деректерді жүктеп алу", "Скачать данные", "Download data"),
    "check": ("Өзіңіз тексеріңіз", "Проверьте сами", "Check it yourself"),
    "check_detail": (
        "Әр бюллетень қол қойылған ашық журналда тұр; нәтижелерді сол журналдан кез келген адам қайта есептей алады.",
        "Каждый бюллетень записан в подписанный открытый журнал; по нему результаты может пересчитать любой.",
        "Every ballot is in a signed public log, from which anyone can compute these results again.",
    ),
    "json": ("Нәтижелер (JSON)", "Результаты (JSON)", "Results (JSON)"),
    "csv": ("Кесте (CSV)", "Таблица (CSV)", "Table (CSV)"),
    "anomalies": (
        "Дауыс берудегі ерекше жайттар",
        "Необычное в ходе голосования",
        "What was unusual in the voting",
    ),
    "pb": ("Бюллетеньдер (Pabulib)", "Бюллетени (Pabulib)", "Ballots (Pabulib)"),
    "paper": ("Дауыс беру парағы", "Бюллетень голосования", "Ballot paper"),
    "conclusion": ("Қорытынды", "Заключение", "Conclusion"),
    "checkpoint": ("Журналдың бақылау нүктесі", "Контрольная точка журнала", "Checkpoint of the log"),
    "no_trail": ("Мұндай ашық жазба жоқ", "Открытых записей нет", "Nothing public under this id"),
    "no_trail_detail": (
        "Идентификаторды тексеріңіз. Бюллетень дауыс беру аяқталғаннан кейін ғана көрсетіледі.",
        "Проверьте идентификатор. Бюллетень показывают только после окончания голосования.",
        "Check the id. A ballot is shown only when voting has closed: until then its entry is withheld.",
    ),
    "no_such_entry": ("Мұндай жазба жоқ", "Такой записи нет", "There is no such entry"),
    "no_such_entry_detail": (
        "Мекенжайды тексеріңіз немесе аумақтық бірліктер тізімінен бастаңыз.",
        "Проверьте адрес или начните со списка территориальных единиц.",
        "Check the address, or start from the list of units.",
    ),
    "self_government": ("Жергілікті өзін-өзі басқару", "Местное самоуправление", "Local self-government"),
    "trail": (
        "Барлық оқиға, журнал жазбалары бойынша",
        "Все события по записям журнала",
        "Everything that happened, entry by entry",
    ),
    "trail_detail": (
        "Әр жазба осы қалпында қол қойылған ашық журналда тұр. Дәлелі — C2SP tlog-proof түбіртегі.",
        "Каждая запись стоит в подписанном открытом журнале именно так. Доказательство — квитанция C2SP tlog-proof.",
        "Each entry stands in the signed public log just so. Its proof is a C2SP tlog-proof receipt.",
    ),
    "entry": ("Жазба", "Запись", "Entry"),
    "when": ("Қашан", "Когда", "When"),
    "what_happened": ("Не болды", "Что произошло", "What happened"),
    "acted": ("Кім жазды", "Кто записал", "Recorded by"),
    "proof": ("Дәлел", "Доказательство", "Proof"),
    "later": ("Кейінгілері", "Более поздние", "Later ones"),
}


def saying(language: str, phrases: Phrases = _PHRASES) -> Say:
    """The phrases of one of `LANGUAGES`."""
    place = list(LANGUAGES).index(language)

    def say(key: str, **facts: object) -> str:
        return phrases[key][place].format(**facts)

    return say


def tenge(tiyn: int) -> str:
    """«58 300 000 ₸», with tiyn behind a comma where there are any."""
    whole, rest = divmod(tiyn, _TIYN)
    return f"{number(whole)}{f',{rest:02}' if rest else ''}{_NO_BREAK}₸"


def number(value: int) -> str:
    return f"{value:,}".replace(",", _NO_BREAK)


def per_cent(part: int, whole: int) -> str:
    """With one decimal; `whole` is not 0."""
    return f"{100 * part / whole:.1f}{_NO_BREAK}%".replace(".", ",")


def local_time(at: datetime) -> str:
    return at.astimezone(KAZAKHSTAN).strftime(f"%d.%m.%Y{_NO_BREAK}%H:%M")
