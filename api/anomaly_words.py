"""What the anomalies report says in Kazakh, Russian and English: per kind its title, its rule, and what a commission may do next.

Rules name the numbers of `Thresholds` in braces, so that text and threshold can't part ways.
"""

from typing import Final

from api.wording import Phrases
from projections.anomaly import Kind, Measure, Untold

TITLES: Final[Phrases] = {
    Kind.BURST: ("Күрт көбею", "Всплеск", "Burst"),
    Kind.KIOSK_RATE: ("Киоск тым жылдам", "Слишком быстрый киоск", "Kiosk too fast"),
    Kind.KIOSK_SHARE: ("Бір киоскінің үлесі", "Доля одного киоска", "One kiosk's share"),
    Kind.NIGHT: ("Түнгі бюллетеньдер", "Ночные бюллетени", "Ballots at night"),
    Kind.REFUSALS: ("Қабылданбаған бюллетеньдер көп", "Много отклонённых бюллетеней", "Many refused ballots"),
    Kind.LATE: ("Кеш жеткізілген", "Доставлено поздно", "Delivered late"),
    Kind.OUTSIDE: ("Дауыс беру уақытынан тыс", "Вне времени голосования", "Outside of voting"),
    Kind.ORDER: ("Уақыт кері кеткен", "Время пошло назад", "Time went back"),
    Kind.SEQUENCE: ("Жеткізілім реті бұзылған", "Доставки не по порядку", "Deliveries out of sequence"),
    Kind.REVOKED: (
        "Тоқтатылған киоск жіберген",
        "Доставки отозванного киоска",
        "Deliveries of a revoked kiosk",
    ),
    Kind.SLIPS_OVER: ("Бюллетень талоннан көп", "Бюллетеней больше, чем талонов", "More ballots than slips"),
    Kind.SLIPS_UNUSED: ("Талон бар, дауыс жоқ", "Талоны без голосов", "Slips without ballots"),
    Kind.SLIPS_MISSING: ("Талондар түгел емес", "Талоны не сходятся", "Slips unaccounted for"),
    Kind.SLIPS_AHEAD: ("Дауыс талоннан бұрын", "Голоса раньше талонов", "Ballots ahead of slips"),
    Kind.SLIPS_DAY: (
        "Күндік талон мен дауыс алшақ",
        "Талоны и голоса дня расходятся",
        "Slips far from a day's ballots",
    ),
}

RULES: Final[Phrases] = {
    Kind.BURST: (
        "Бір сағатта басқа сағаттардың медианасынан {burst_times} есе және {burst_ballots} бюллетеньнен көп.",
        "За час больше, чем {burst_times} медианы остальных часов, и больше {burst_ballots} бюллетеней.",
        "In an hour more than {burst_times} times the median of the other hours, and more than {burst_ballots} ballots.",
    ),
    Kind.KIOSK_RATE: (
        "Киоск бюллетень түскен әр сағатқа орта есеппен {kiosk_hour_ballots} бюллетеньнен көп жазған: минутына бір адамнан жиі.",
        "На каждый час, когда приходили бюллетени, киоск записал в среднем больше {kiosk_hour_ballots}: чаще человека в минуту.",
        "For every hour in which ballots came, the kiosk recorded more than {kiosk_hour_ballots}: more than a voter a minute.",
    ),
    Kind.KIOSK_SHARE: (
        "Бір киоскіде басқалардың медианасынан {share_times} есе және {share_ballots} бюллетеньнен көп.",
        "На одном киоске больше, чем {share_times} медианы остальных, и больше {share_ballots} бюллетеней.",
        "One kiosk recorded more than {share_times} times the median of the others, and more than {share_ballots} ballots.",
    ),
    Kind.NIGHT: (
        "Бір түнде, {night_begins}:00 мен {night_ends}:00 аралығында, бірлікте {night_ballots} бюллетеньнен көп.",
        "За ночь, с {night_begins}:00 до {night_ends}:00, в единице больше {night_ballots} бюллетеней.",
        "In a night, from {night_begins}:00 to {night_ends}:00, more than {night_ballots} ballots in a unit.",
    ),
    Kind.REFUSALS: (
        "Жеткізілгеннің {refusals_per_cent} артығы және {refusals_ballots} бюллетеньнен көбі қабылданбаған.",
        "Отклонено больше {refusals_per_cent} доставленных и больше {refusals_ballots} бюллетеней.",
        "More than {refusals_per_cent} of those delivered were refused, and more than {refusals_ballots} ballots.",
    ),
    Kind.LATE: (
        "Жарияланған аяқталу уақытынан кейін бірлік бюллетеньдерінің {late_per_cent} артығы және {late_ballots} көбі түскен.",
        "После объявленного конца пришло больше {late_per_cent} бюллетеней единицы и больше {late_ballots}.",
        "Behind the announced end came more than {late_per_cent} of a unit's ballots, and more than {late_ballots}.",
    ),
    Kind.OUTSIDE: (
        "Бюллетеньнің сағаты дауыс беру ашылғанға дейін немесе жабылғаннан кейін.",
        "Час бюллетеня раньше открытия голосования или позже его закрытия.",
        "A ballot's hour is before voting opened or after it ended.",
    ),
    Kind.ORDER: (
        "Журналда кейінгі сағаттың бюллетеньдері бұрын тұр; көрші сағаттар арасында {order_positions} жазбаға дейін қалыпты.",
        "В журнале бюллетени более позднего часа стоят раньше; между соседними часами обычны до {order_positions} записей.",
        "In the log ballots of a later hour stand first; between neighbouring hours up to {order_positions} entries are usual.",
    ),
    Kind.SEQUENCE: (
        "Киоск алдыңғысынан кейін тұрмайтын жеткізілім жіберген; ол қабылданбады.",
        "Киоск прислал доставку, которая не следует за предыдущей; она не принята.",
        "The kiosk sent a delivery that does not follow its last one; it was refused.",
    ),
    Kind.REVOKED: (
        "Киоск тоқтатылғаннан кейін де жіберген; жеткізілім қабылданбады.",
        "Киоск присылал и после отзыва; доставка не принята.",
        "The kiosk sent after it was revoked; the delivery was refused.",
    ),
    Kind.SLIPS_OVER: (
        "Бірлікте таратылған талоннан көп бюллетень берілген.",
        "В единице бюллетеней больше, чем выдано талонов.",
        "In a unit more ballots were cast than slips handed out.",
    ),
    Kind.SLIPS_UNUSED: (
        "Таратылған талонның {slips_per_cent} артығы және {slips_ballots} көбі бойынша дауыс берілмеген.",
        "Без голоса осталось больше {slips_per_cent} выданных талонов и больше {slips_ballots}.",
        "More than {slips_per_cent} of the slips handed out, and more than {slips_ballots}, have no ballot.",
    ),
    Kind.SLIPS_MISSING: (
        "Басылған = таратылған + пайдаланылмаған + бүлінген болуы керек, ал олай емес.",
        "Напечатано должно равняться выданным, неиспользованным и испорченным вместе, а не равно.",
        "Printed should be handed out, unused and spoiled together, and is not.",
    ),
    Kind.SLIPS_AHEAD: (
        "Күн соңында сол кезге дейін белгіленген талоннан {slips_ahead_ballots} артық бюллетень берілген.",
        "К концу дня бюллетеней больше, чем отмечено выданных к тому времени талонов, более чем на {slips_ahead_ballots}.",
        "At the end of a day more ballots than slips marked until then, by more than {slips_ahead_ballots}.",
    ),
    Kind.SLIPS_DAY: (
        "Бір күнде таратылған талонның {slips_day_per_cent} артығы және {slips_ballots} көбі бойынша сол күні дауыс берілмеген.",
        "В тот же день не проголосовали по более чем {slips_day_per_cent} выданных за день талонов и более чем по {slips_ballots}.",
        "More than {slips_day_per_cent} of a day's slips, and more than {slips_ballots}, were not voted with on that day.",
    ),
}

NEXT: Final[Phrases] = {
    Kind.BURST: (
        "Қай киоск байланыссыз болғанын сұраңыз: жинақталған жеткізілім заңды себеп. Сол күнгі талондармен салыстырыңыз.",
        "Спросите, какой киоск был без связи: накопленные доставки — законная причина. Сверьте с талонами того дня.",
        "Ask which kiosk had been offline: a spool sent at once is a lawful cause. Compare with the slips of that day.",
    ),
    Kind.KIOSK_RATE: (
        "Киоск тұрған залға барыңыз, оның өз есебін және сол күнгі кезекті тексеріңіз; құрылғыны сараптамаға алыңыз.",
        "Посетите зал, сверьте собственный счёт киоска и очередь того дня; возьмите устройство на проверку.",
        "Visit the hall, compare the kiosk's own count and the queue of those days; have the device examined.",
    ),
    Kind.KIOSK_SHARE: (
        "Киоск орнын басқалармен салыстырыңыз: адам көп жер ме? Қызметкерлерді тыңдаңыз, талон қозғалысын қараңыз.",
        "Сравните место киоска с другими: людное ли оно? Опросите сотрудников и наблюдателей, проверьте движение талонов.",
        "Compare the kiosk's place with others: is it a busy one? Hear staff and observers, and follow its slips.",
    ),
    Kind.NIGHT: (
        "Залдың кілті кімде болғанын және киоскінің қашан байланысқа шыққанын анықтаңыз; күзет пен бейнежазбаны қараңыз.",
        "Выясните, у кого были ключи от зала и когда киоск вышел на связь; посмотрите журнал охраны и видеозапись.",
        "Find out who held the hall's keys and when the kiosk came online; look at the guard's book and the recordings.",
    ),
    Kind.REFUSALS: (
        "Киоск бағдарламасы мен сканерін тексеріңіз. Бір код бірнеше рет келсе, талондар көшірілген болуы мүмкін.",
        "Проверьте программу и сканер киоска. Если один код приходил не раз, талоны могли быть скопированы.",
        "Have the kiosk's software and scanner checked. Where one code came again and again, slips may have been copied.",
    ),
    Kind.LATE: (
        "Жабу актісін қараңыз: қай киоск кеш хабарлады және неге? Байланыссыз киоскінің жинағы заңды себеп.",
        "Посмотрите акт о закрытии: какой киоск отчитался поздно и почему? Накопленное без связи — законная причина.",
        "Read the record of closing: which kiosk reported late, and why? What an offline kiosk had spooled is a lawful cause.",
    ),
    Kind.OUTSIDE: (
        "Сервер сағаттарының баптауын және сол уақыттағы жұмыс журналын сұраңыз.",
        "Запросите настройки часов серверов и журнал работ за это время.",
        "Ask for the settings of the servers' clocks and the record of work done at that time.",
    ),
    Kind.ORDER: (
        "Сервер сағатын кім және неге ауыстырғанын сұраңыз. Журналдағы рет дұрыс: ол сағатқа тәуелді емес.",
        "Спросите, кто и зачем переводил часы сервера. Порядок в журнале верен: он от часов не зависит.",
        "Ask who changed the server's clock, and why. The order of the log is right: it does not depend on clocks.",
    ),
    Kind.SEQUENCE: (
        "Киоск папкасы көшірмеден алынған ба, әлде кілтімен екі құрылғы жұмыс істей ме? Папканы сақтап, құрылғыны алыңыз.",
        "Восстановлена ли папка киоска из копии, или с его ключом работают два устройства? Сохраните папку, возьмите устройство.",
        "Was the kiosk's folder restored from a copy, or do two devices work with its key? Keep the folder, take the device.",
    ),
    Kind.REVOKED: (
        "Құрылғы әлі кімнің қолында екенін анықтап, ондағы жіберілмеген бюллетеньдерді актіге жазыңыз.",
        "Выясните, у кого осталось устройство, и внесите неотправленные бюллетени в акт.",
        "Find out who still holds the device, and put the ballots it has not delivered on record.",
    ),
    Kind.SLIPS_OVER: (
        "Пайдаланылмаған және артық талондардың мөрін және санын тексеріңіз: дауысты кім бере алған?",
        "Проверьте печати и число неиспользованных и запасных талонов: кто мог проголосовать?",
        "Check seals and numbers of unused and spare slips: who could have voted with them?",
    ),
    Kind.SLIPS_UNUSED: (
        "Қызмет көрсетілген деп белгіленгендердің бірнешеуіне қоңырау шалып, талон алған-алмағанын сұраңыз.",
        "Позвоните нескольким отмеченным как получившие и спросите, получали ли они талон.",
        "Call some of those marked as served, and ask whether they were given a slip.",
    ),
    Kind.SLIPS_MISSING: (
        "Талондарды бірлікте қайта санаңыз; түсіндірмені тізілімнен оқыңыз.",
        "Пересчитайте талоны единицы; прочтите объяснение в записи о сверке.",
        "Count the unit's slips again; read the explanation recorded with the reconciliation.",
    ),
    Kind.SLIPS_AHEAD: (
        "Үстел тізімді кешке белгілеген бе? Олай болмаса, талонсыз берілген дауыс көзін іздеңіз.",
        "Отмечал ли стол список только вечером? Если нет, ищите, откуда голоса без выданных талонов.",
        "Did the desk mark its list only in the evening? If not, look for where ballots without slips came from.",
    ),
    Kind.SLIPS_DAY: (
        "Сол күні киоск істемей қалған ба? Талон алғандардың бірнешеуінен дауыс бере алған-алмағанын сұраңыз.",
        "Не стояли ли киоски в тот день? Спросите нескольких получивших талон, смогли ли они проголосовать.",
        "Were kiosks down on that day? Ask some of those who took a slip whether they could vote.",
    ),
}

UNTOLD: Final[Phrases] = {
    Untold.FEW_HOURS: (
        "Күрт көбею: бюллетень түскен сағаттар салыстыруға аз.",
        "Всплески: часов с бюллетенями слишком мало для сравнения.",
        "Bursts: too few hours with ballots to compare.",
    ),
    Untold.FEW_KIOSKS: (
        "Киоск үлесі: салыстыратын басқа киоск жоқ.",
        "Доля киоска: сравнить не с чем.",
        "A kiosk's share: there is no other kiosk to compare with.",
    ),
    Untold.KIOSKS_OF_OTHER_ROUNDS: (
        "Киоск сандары осы журналдағы барлық науқанды қамтиды: киоск өз ғұмыры бойы санайды.",
        "Числа киосков относятся ко всем голосованиям этого журнала: киоск считает за всё время.",
        "The kiosks' numbers are of all rounds of this log: a kiosk counts over its whole life.",
    ),
    Untold.KIOSK_HOURS: (
        "Қай киоск қашан жеткізгені: дауыс құпиясы үшін еш жерде сақталмайды. Киоск туралы тек жалпы саны айтылады.",
        "Какой киоск когда доставлял: ради тайны голоса это нигде не хранится. О киоске известны лишь общие числа.",
        "Which kiosk delivered when: for the secrecy of the vote this is stored nowhere. Of a kiosk only its totals are known.",
    ),
    Untold.SLIPS_NOT_RECONCILED: (
        "Талондар әлі салыстырылмаған.",
        "Талоны ещё не сверены.",
        "The slips are not reconciled yet.",
    ),
    Untold.SLIPS_BY_DAY: (
        "Күндік талондар: бір бірлікте болса да олар үстелде түгел белгіленбеген.",
        "Талоны по дням: хотя бы в одной единице не все отмечены за столом.",
        "Slips by day: in some unit they were not all marked at a desk.",
    ),
}

MEASURES: Final[Phrases] = {
    Measure.BALLOTS: ("бюллетень", "бюллетеней", "ballots"),
    Measure.PER_MILLE: ("жеткізілгеннен", "от доставленных", "of those delivered"),
    Measure.POSITIONS: ("журнал жазбасы", "записей журнала", "entries of the log"),
    Measure.DELIVERIES: ("жеткізілім", "доставок", "deliveries"),
    Measure.SLIPS: ("талон", "талонов", "slips"),
}

PAGE: Final[Phrases] = {
    "none": ("Ерекше ештеңе табылмады", "Ничего необычного не найдено", "Nothing unusual was found"),
    "found": ("Тексеретін жайттар: {number}", "Требует внимания: {number}", "To be looked into: {number}"),
    "no_verdict": (
        "Бұл — адамдарға қойылған сұрақтар, үкім емес; нәтижеге әсер етпейді. Шектер алдын ала белгіленген.",
        "Это вопросы к людям, а не приговор; на результат они не влияют. Пороги заданы заранее.",
        "These are questions for people, not a verdict, and change no result. Thresholds were set beforehand.",
    ),
    "voted": (
        "Ашылды {opened}, жарияланған соңы {announced}, аяқталды {closed} (Астана уақыты).",
        "Открыто {opened}, объявленный конец {announced}, завершено {closed} (время Астаны).",
        "Opened {opened}, announced end {announced}, ended {closed} (Astana time).",
    ),
    "by_hour": ("Бюллетеньдер сағат бойынша", "Бюллетени по часам", "Ballots by hour"),
    "legend": (
        "Сұр — түн. Қызыл — төменде аталған сағаттар.",
        "Серое — ночь. Красное — часы, названные ниже.",
        "Grey: night. Red: hours named below.",
    ),
    "where": ("Қайда", "Где", "Where"),
    "when": ("Қашан", "Когда", "When"),
    "measured": ("Өлшенгені", "Измерено", "Measured"),
    "expected": ("Әдеттегісі", "Обычно", "Usual"),
    "threshold": ("Шегі", "Порог", "Threshold"),
    "next": ("Комиссия не істей алады", "Что может сделать комиссия", "What a commission may do"),
    "everywhere": ("барлығы", "всего", "in all"),
    "untold": ("Бұл жерден не білінбейді", "Чего отсюда не узнать", "What cannot be told from here"),
    "kiosks": ("Киоскілер", "Киоски", "Kiosks"),
    "place": ("Орны", "Место", "Place"),
    "deliveries": ("Жеткізілім", "Доставок", "Deliveries"),
    "delivered": ("Жеткізілді", "Доставлено", "Delivered"),
    "recorded": ("Жазылды", "Записано", "Recorded"),
    "refused": ("Қабылданбады", "Отклонено", "Refused"),
    "slips": ("Талондар", "Талоны", "Voting slips"),
    "printed": ("Басылған", "Напечатано", "Printed"),
    "handed_out": ("Таратылған", "Выдано", "Handed out"),
    "unused": ("Пайдаланылмаған", "Не использовано", "Unused"),
    "spoiled": ("Бүлінген", "Испорчено", "Spoiled"),
}
