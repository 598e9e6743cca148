"""The built-in sample: a made-up city whose residents decide on 40 projects. The same people choose the same on every run.

Every case that a newcomer asks about is in it: nine voters and ten, a tie, a favourite nobody can pay for, two projects for one
plot, money left over, a proposal revised, rejected, withdrawn before and after the vote. Names are invented; the KATO codes
(99…) belong to no real place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from api.election.plan import Plan, Planned, Voter
from domain.paper import BallotForm, BallotType, RoundKind, Rules, Unit
from domain.proposal import Sketch
from domain.terms import CostCap

_TIYN = 100
_MILLION = 1_000_000 * _TIYN

CITY, EMBANKMENT, OLD_TOWN, GARDENS, STATION = "990000000", "990100000", "990200000", "990300000", "990400000"
IMPROVEMENT, GREENING, LIGHTING, SPORT = "абаттандыру", "көгалдандыру", "жарықтандыру", "спорт және балалар"

_UNITS = (
    Unit(CITY, "Самалтау қаласы", 100 * _MILLION),
    Unit(EMBANKMENT, "Жағалау ауданы", 36 * _MILLION, parent=CITY),
    Unit(OLD_TOWN, "Ескі қала ауданы", 30 * _MILLION, parent=CITY),
    Unit(GARDENS, "Бақша ауданы", 25 * _MILLION, parent=CITY),
    Unit(STATION, "Вокзал ауданы", 20 * _MILLION, parent=CITY),
)
_VOTERS = {EMBANKMENT: 1_050, OLD_TOWN: 820, GARDENS: 690, STATION: 440}
_AT_HOME = {EMBANKMENT: 1_950, OLD_TOWN: 1_480, GARDENS: 1_310, STATION: 860}
_SPOILED = {EMBANKMENT: 3, OLD_TOWN: 1, GARDENS: 2}

# Number, unit, category, cost in thousand ₸, people who choose it, title.
_PROJECTS = (
    ("1", CITY, SPORT, 38_000, 702, "Өзен бойындағы веложол және жүгіру жолы"),
    ("2", CITY, IMPROVEMENT, 29_500, 561, "Реконструкция фонтана на площади Достар"),
    ("3", CITY, IMPROVEMENT, 21_000, 420, "Кітапхана ауласындағы ашық оқу залы"),
    ("4", CITY, IMPROVEMENT, 24_000, 382, "Смотровая площадка на холме Самал"),
    ("5", CITY, GREENING, 11_200, 275, "Автобус аялдамаларына көлеңкелі ағаштар"),
    ("6", CITY, LIGHTING, 24_800, 217, "Энергосберегающий свет на городском стадионе"),
    ("7", CITY, SPORT, 6_000, 148, "Қысқы мұз мүсіндер қалашығы"),
    ("8", CITY, IMPROVEMENT, 3_400, 9, "Мозаика на подпорной стене у моста"),
    ("11", EMBANKMENT, SPORT, 48_000, 512, "Жағалаудағы жабық мұз айдыны"),
    ("12", EMBANKMENT, IMPROVEMENT, 12_400, 318, "Набережная без ступеней: пандусы и перила"),
    ("13", EMBANKMENT, SPORT, 9_800, 233, "Базар артындағы бос жерде скейт-алаң"),
    ("14", EMBANKMENT, GREENING, 8_900, 201, "Сквер на пустыре за базаром"),
    ("15", EMBANKMENT, LIGHTING, 6_600, 160, "Қайықшылар көшесінің жарығы"),
    ("16", EMBANKMENT, SPORT, 6_900, 95, "Детская площадка у дома рыбака"),
    ("17", EMBANKMENT, IMPROVEMENT, 5_100, 95, "Қайың саябағына орындықтар мен су ішетін бұрқақ"),
    ("18", EMBANKMENT, GREENING, 1_900, 41, "Цветники вдоль улицы Толқын"),
    ("19", EMBANKMENT, IMPROVEMENT, 150, 8, "Кітап алмасатын дүңгіршек"),
    ("21", OLD_TOWN, IMPROVEMENT, 10_000, 395, "Ескі қаладағы тас төселген көшелерді қалпына келтіру"),
    ("22", OLD_TOWN, LIGHTING, 8_200, 310, "Тёплый свет в переулках Старого города"),
    ("23", OLD_TOWN, SPORT, 4_400, 205, "Мектеп жанындағы жаттығу алаңы"),
    ("24", OLD_TOWN, GREENING, 3_000, 96, "Аллея карагачей на улице Гончаров"),
    ("25", OLD_TOWN, IMPROVEMENT, 1_500, 10, "Құдық басындағы көлеңкелік"),
    ("26", OLD_TOWN, IMPROVEMENT, 1_200, 9, "Таблички с историей домов"),
    ("27", OLD_TOWN, GREENING, 800, 4, "Тандыр қасындағы гүлзар"),
    ("28", OLD_TOWN, SPORT, 5_000, 180, "Шахматный павильон во дворе караван-сарая"),
    ("31", GARDENS, SPORT, 9_900, 322, "Алма бағындағы балалар қалашығы"),
    ("32", GARDENS, IMPROVEMENT, 7_500, 290, "Тротуар от школы до поликлиники"),
    ("33", GARDENS, LIGHTING, 4_800, 177, "Бау-бақша көшелерінің күн шамдары"),
    ("34", GARDENS, IMPROVEMENT, 6_000, 150, "Мостик через арык на улице Черешневой"),
    ("35", GARDENS, GREENING, 2_700, 88, "Алма көшеттері: әр үйге бір ағаш"),
    ("36", GARDENS, SPORT, 1_100, 40, "Столы для тенниса у пруда"),
    ("37", GARDENS, GREENING, 90, 7, "Құстарға арналған ұялар"),
    ("38", GARDENS, IMPROVEMENT, 3_300, 55, "Навес для сельской ярмарки"),
    ("41", STATION, IMPROVEMENT, 8_800, 201, "Вокзал алаңындағы күту бағы"),
    ("42", STATION, LIGHTING, 7_000, 160, "Светлый путь: освещение перехода к перрону"),
    ("43", STATION, SPORT, 4_100, 120, "Теміржолшылар ауласындағы футбол алаңы"),
    ("44", STATION, GREENING, 3_000, 77, "Шумозащитная полоса деревьев"),
    ("45", STATION, IMPROVEMENT, 2_200, 52, "Велотұрақ және сөмке сақтау орны"),
    ("46", STATION, SPORT, 1_800, 33, "Площадка для собак за депо"),
    ("47", STATION, IMPROVEMENT, 1_400, 6, "Паровоз-ескерткішті бояу"),
)
_EXCLUSIVE = {"13": ("14",)}
_WITHDRAWN = {"28": "авторлар өтінімді кері қайтарды: үй иесі жер бермеді"}
_FIRST_DRAFTS = {"33": ("Жарық", "смета не приложена; укажите улицы и число опор")}

_NOT_ON_PAPER = (
    (
        "Самалтау аспан жолы: таудан қалаға арқан жол",
        49_000,
        "вне полномочий города: земли лесного фонда",
        "",
    ),
    ("Платная парковка у фонтана", 7_700, "", "автор отозвал заявку до рассмотрения"),
)


def sample() -> Plan:
    """The plan of the demonstration; nothing in it is drawn by chance."""
    return Plan(
        kind=RoundKind.CITY,
        title="Самалтау: халық қатысатын бюджет",
        units=_UNITS,
        form=BallotForm(BallotType.APPROVAL, max_choices=3),
        rules=Rules(),
        categories=(IMPROVEMENT, GREENING, LIGHTING, SPORT),
        cost_caps=(
            CostCap(50 * _MILLION),
            CostCap(20 * _MILLION, GREENING),
            CostCap(25 * _MILLION, LIGHTING),
        ),
        proposals=(*_admitted(), *_turned_away()),
        voters=tuple(_voters()),
        at_home=_AT_HOME,
        spoiled=_SPOILED,
        at_desk=True,
        second_votes=3,
        false_codes=2,
        early_reason="a demonstration does not wait for two weeks",
    )


def _admitted() -> Iterator[Planned]:
    for number, unit, category, thousands, _, title in _PROJECTS:
        cost_tiyn = thousands * 1_000 * _TIYN
        planned = Planned(
            Sketch(title, f"{title}.", unit, cost_tiyn, category),
            number=number,
            cost_tiyn=cost_tiyn,
            excludes=_EXCLUSIVE.get(number, ()),
            withdrawn=_WITHDRAWN.get(number, ""),
        )
        if number in _FIRST_DRAFTS:
            first_title, returned = _FIRST_DRAFTS[number]
            first = replace(planned.sketch, title=first_title)
            planned = replace(planned, sketch=first, returned=returned, revised=planned.sketch)
        yield planned


def _turned_away() -> Iterator[Planned]:
    for title, thousands, rejected, withdrawn in _NOT_ON_PAPER:
        sketch = Sketch(title, f"{title}.", CITY, thousands * 1_000 * _TIYN, IMPROVEMENT)
        yield Planned(sketch, rejected=rejected, withdrawn=withdrawn)


def _voters() -> Iterator[Voter]:
    """Each project's votes are dealt round the table, so that every count is exact and nobody holds a project twice."""
    before = [0, *accumulate(_VOTERS.values())]
    for place, (district, people) in enumerate(_VOTERS.items()):
        hands: list[list[str]] = [[] for _ in range(people)]
        turn = 0
        for number, unit, _, _, votes, _ in _PROJECTS:
            for _ in range(_share(votes, before, place) if unit == CITY else votes * (unit == district)):
                hands[turn % people].append(number)
                turn += 1
        yield from (Voter(district, sorted(hand)) for hand in hands)


def _share(votes: int, before: Sequence[int], place: int) -> int:
    """A district's part of a city-wide project's votes, in proportion to its voters; the parts add up exactly."""
    return votes * before[place + 1] // before[-1] - votes * before[place] // before[-1]
