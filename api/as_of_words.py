"""What `dauys audit show` says in Kazakh, Russian and English: kinds of things, their fields, and the states they are in.

A field or state that is not here yet is told by its own name, so that a new kind of thing can be shown before it is translated.
"""

from collections.abc import Callable
from typing import Final

from api.wording import LANGUAGES, Phrases

Label = Callable[[str], str]

LABELS: Final[Phrases] = {
    # kinds
    "round": ("Науқан", "Голосование", "Round"),
    "proposal": ("Жобалық ұсыныс", "Проектное предложение", "Proposal"),
    "roll": ("Дауыс берушілер тізімі", "Список голосующих", "Roll"),
    "kiosk": ("Киоск", "Киоск", "Kiosk"),
    "conclusion": ("Қорытынды", "Заключение", "Conclusion"),
    "implementation": ("Іске асыру", "Реализация", "Implementation"),
    # what is told of everything
    "kind": ("Түрі", "Вид", "Kind"),
    "id": ("Идентификатор", "Идентификатор", "Id"),
    "name": ("Атауы", "Название", "Name"),
    "state": ("Күйі", "Состояние", "State"),
    "position": ("Соңғы жазба", "Последняя запись", "Newest entry"),
    "at": ("Жазылған уақыты", "Когда записано", "Recorded at"),
    "as_of": ("Журнал жағдайы", "Состояние журнала", "As of the log"),
    "field": ("Өріс", "Поле", "Field"),
    "value": ("Мәні", "Значение", "Value"),
    # fields
    "phase": ("Кезең", "Этап", "Phase"),
    "terms": ("Шарттар", "Условия", "Terms"),
    "title": ("Атауы", "Название", "Title"),
    "units": ("Аумақтық бірліктер", "Территориальные единицы", "Units"),
    "unit": ("Аумақтық бірлік", "Территориальная единица", "Unit"),
    "kato": ("КАТО", "КАТО", "KATO"),
    "envelope_tiyn": ("Бөлінген қаражат", "Выделено", "Envelope"),
    "parent": ("Қайда кіреді", "Входит в", "Part of"),
    "form": ("Бюллетень үлгісі", "Форма бюллетеня", "Ballot form"),
    "type": ("Түрі", "Вид", "Type"),
    "max_choices": ("Ең көп таңдау", "Выборов не более", "Choices at most"),
    "min_choices": ("Ең аз таңдау", "Выборов не менее", "Choices at least"),
    "max_points": ("Ең көп ұпай", "Баллов не более", "Points at most"),
    "rules": ("Ережелер", "Правила", "Rules"),
    "allocation": ("Қаражатты бөлу", "Распределение", "Allocation"),
    "tie_rule": ("Тең дауыс ережесі", "Правило при равенстве", "Tie rule"),
    "minimum_voters": ("Дауыс берушілердің ең аз саны", "Голосовавших не менее", "Voters at least"),
    "score_threshold": ("Ұпай шегі", "Порог баллов", "Score threshold"),
    "version": ("Нұсқа", "Версия", "Version"),
    "voting_opens": ("Дауыс берудің басталуы", "Начало голосования", "Voting opens"),
    "voting_closes": ("Дауыс берудің аяқталуы", "Конец голосования", "Voting closes"),
    "categories": ("Санаттар", "Категории", "Categories"),
    "category": ("Санат", "Категория", "Category"),
    "cost_caps": ("Құн шектері", "Пределы стоимости", "Cost caps"),
    "most_tiyn": ("Ең көбі", "Не более", "At most"),
    "proposals_per_author": ("Бір автордан ұсыныс", "Предложений от автора", "Proposals per author"),
    "drafted_by": ("Дайындаған", "Подготовил", "Drafted by"),
    "lot_seed": ("Жеребе", "Жребий", "Lot"),
    "paper_digest": ("Парақтың SHA-256", "SHA-256 бюллетеня", "Paper's SHA-256"),
    "conclusion_digest": ("Қорытындының SHA-256", "SHA-256 заключения", "Conclusion's SHA-256"),
    "round_id": ("Науқан", "Голосование", "Round"),
    "author": ("Автор (белгі)", "Автор (условный знак)", "Author (a reference)"),
    "sketch": ("Ұсыныс", "Предложение", "Sketch"),
    "description": ("Сипаттамасы", "Описание", "Description"),
    "estimate_tiyn": ("Автордың бағалауы", "Оценка автора", "Author's estimate"),
    "place": ("Орны", "Место", "Place"),
    "attachments": ("Қосымшалар", "Приложения", "Attachments"),
    "project": ("Жоба", "Проект", "Project"),
    "cost_tiyn": ("Құны", "Стоимость", "Cost"),
    "excludes": ("Бірге болмайды", "Исключает", "Excludes"),
    "reason": ("Себебі", "Причина", "Reason"),
    "people": ("Тізімде", "В списке", "On the roll"),
    "root": ("Тізімнің түбір хеші", "Корень списка", "Root of the list"),
    "credentials": ("Тіркелген талондар", "Зарегистрировано талонов", "Credentials"),
    "credentials_root": ("Талондардың түбір хеші", "Корень списка талонов", "Root of the credentials"),
    "slips": ("Талондар", "Талоны", "Voting slips"),
    "printed": ("Басылған", "Напечатано", "Printed"),
    "handed_out": ("Таратылған", "Выдано", "Handed out"),
    "unused": ("Пайдаланылмаған", "Не использовано", "Unused"),
    "spoiled": ("Бүлінген", "Испорчено", "Spoiled"),
    "cast": ("Дауыс берді", "Проголосовало", "Voted"),
    "label": ("Белгісі", "Обозначение", "Label"),
    "code_digest": ("Тіркеу кодының SHA-256", "SHA-256 кода регистрации", "Enrolment code's SHA-256"),
    "expires": ("Кодтың мерзімі", "Срок кода", "Code expires"),
    "public_key": ("Ашық кілт", "Открытый ключ", "Public key"),
    "revoked": ("Кері қайтарылған", "Отозван", "Revoked"),
    "number": ("Нөмірі", "Номер", "Number"),
    "computation": ("Есептеу", "Вычисление", "Computation"),
    "document_digest": ("Құжаттың SHA-256", "SHA-256 документа", "Document's SHA-256"),
    "checkpoint_size": ("Журнал өлшемі", "Размер журнала", "Size of the log"),
    "checkpoint_root": ("Журналдың түбір хеші", "Корень журнала", "Root of the log"),
    "rules_version": ("Ережелер нұсқасы", "Версия правил", "Version of the rules"),
    "published_digest": ("Жарияланғанның SHA-256", "SHA-256 опубликованного", "Published SHA-256"),
    "channels": ("Жарияланған жері", "Где опубликовано", "Published at"),
    "where": ("Қайда", "Где", "Where"),
    "when": ("Қашан", "Когда", "When"),
    "per_cent": ("Орындалуы, %", "Выполнено, %", "Done, %"),
    "note": ("Ескертпе", "Примечание", "Note"),
    "contractor": ("Мердігер", "Подрядчик", "Contractor"),
    "amount_tiyn": ("Шарт сомасы", "Сумма договора", "Contract amount"),
    "due": ("Мерзімі", "Срок", "Due"),
    # values
    "yes": ("иә", "да", "yes"),
    "no": ("жоқ", "нет", "no"),
    "=drafted": ("дайындалды", "подготовлено", "drafted"),
    "=intake": ("ұсыныстар қабылдануда", "приём предложений", "intake"),
    "=review": ("қаралуда", "рассмотрение", "review"),
    "=voting": ("дауыс беру жүруде", "идёт голосование", "voting"),
    "=closed": ("дауыс беру аяқталды", "голосование завершено", "closed"),
    "=concluded": ("қорытынды бекітілді", "заключение утверждено", "concluded"),
    "=published": ("жарияланды", "опубликовано", "published"),
    "=implementing": ("іске асырылуда", "реализуется", "implementing"),
    "=completed": ("аяқталды", "завершено", "completed"),
    "=cancelled": ("күші жойылды", "отменено", "cancelled"),
    "=submitted": ("қаралуда", "на рассмотрении", "submitted"),
    "=returned": ("толықтыруға қайтарылды", "возвращено на доработку", "returned"),
    "=admitted": ("қабылданды", "допущено", "admitted"),
    "=rejected": ("қабылданбады", "отклонено", "rejected"),
    "=withdrawn": ("қайтарып алынды", "отозвано", "withdrawn"),
    "=approved": ("бекітілді", "утверждено", "approved"),
    "=started": ("басталды", "начато", "started"),
    "=contracted": ("шарт жасалды", "заключён договор", "contracted"),
    "=refused": ("қабылдап алынбады", "не принято", "refused"),
    "=accepted": ("қабылдап алынды", "принято", "accepted"),
    # results
    "counted_to": (
        "Журналдың {size}-жазбасына дейін қайта есептелді",
        "Пересчитано по журналу до записи {size}",
        "Recounted from the log up to entry {size}",
    ),
    "identical": (
        "Қорытынды құжатымен байтпа-байт бірдей",
        "Совпадает с документом заключения до байта",
        "Identical to the conclusion's document, byte for byte",
    ),
    "differs": (
        "ҚОРЫТЫНДЫ ҚҰЖАТЫНАН ӨЗГЕШЕ: журнал басқа нәтиже береді",
        "НЕ СОВПАДАЕТ С ДОКУМЕНТОМ ЗАКЛЮЧЕНИЯ: журнал даёт другое",
        "DIFFERS FROM THE CONCLUSION'S DOCUMENT: the log gives something else",
    ),
    "no_results": (
        "Бұл сәтте дауыс беру аяқталмаған: нәтиже көрсетілмейді.",
        "На этот момент голосование не завершено: результатов нет.",
        "Voting had not closed by then: there are no results.",
    ),
}


def labelling(language: str) -> Label:
    """The label of a field, a kind, or (as `=state`) a state, in one of `LANGUAGES`."""
    place = list(LANGUAGES).index(language)

    def label(key: str) -> str:
        known = LABELS.get(key)
        return known[place] if known else key.removeprefix("=").replace("_", " ")

    return label
