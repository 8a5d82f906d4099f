"""A workshop's papers beside the smallest PDF that Typst makes: how much their text, frame and codes cost."""

import time
from datetime import date

import typst

from workshops import documents
from workshops.documents import Both, Certificate, Letterhead, Name, Participant, Signatory

CERTIFICATES, BADGES, ROWS = 1_000, 30, 30
HEAD = Letterhead(
    Both("International Organization for Migration", "Олон Улсын Шилжилт Хөдөлгөөний Байгууллага"),
    Both("IOM Mongolia", "ОУШХБ-ын Монгол дахь төлөөлөгчийн газар"), Both("Ulaanbaatar", "Улаанбаатар"),
)  # fmt: skip
WORKSHOP = Both("Labour Migration and the Protection of Migrant Workers", "Хөдөлмөрийн шилжилт хөдөлгөөн ба хөдөлмөрлөгчдийн хамгаалалт")
CHIEF = Signatory(Both("Chief of Mission", "Тэргүүн"), Both("IOM Mongolia", "ОУШХБ"))


def _name(number):
    return Name(f"Мөнхбаяр{number}", "Ганболдын", f"Munkhbayar{number}", "Ganboldyn")


def _certificate(number):
    return Certificate(
        _name(number), WORKSHOP, documents.days(date(2026, 6, 18), date(2026, 6, 20)), Both("Ulaanbaatar", "Улаанбаатар"),
        f"IOMMN-2026-{number:04}", f"https://portal.example/certificates/{number:022}", date(2026, 6, 20), hours=18, signatories=[CHIEF],
    )  # fmt: skip


def _participant(number):
    institution = Both("Ministry of Population Development", "Хүн амын хөгжлийн яам")
    return Participant(_name(number), institution, Both("Officer", "Мэргэжилтэн"), Both("Participant", "Оролцогч"), f"https://portal.example/in/{number:022}")


def measure():
    blank = typst.Compiler(ignore_system_fonts=True)
    plain = _seconds(lambda: [blank.compile(input={"main.typ": f"#text[{number}]".encode()}) for number in range(100)]) / 100
    print(f"  the smallest PDF takes {plain * 1000:.1f} ms")
    people = [_participant(number) for number in range(ROWS)]
    # The first of a process reads fonts and templates; the second is what a working server takes.
    documents.certificates([_certificate(0)], letterhead=HEAD)
    documents.badges(people[:1], workshop=WORKSHOP, letterhead=HEAD)
    _show(f"{CERTIFICATES:,} certificates in one file", lambda: documents.certificates(map(_certificate, range(CERTIFICATES)), letterhead=HEAD), plain, most=5)
    # What a letter carries: each in a file of its own.
    _show("100 certificates, a file each", lambda: [documents.certificates([_certificate(number)], letterhead=HEAD) for number in range(5000, 5100)], plain)
    _show(f"{BADGES} badges", lambda: documents.badges(people[:BADGES], workshop=WORKSHOP, letterhead=HEAD), plain, most=1)
    _show(f"{BADGES} name tents", lambda: documents.name_tents(people[:BADGES], workshop=WORKSHOP, letterhead=HEAD), plain)
    _show(f"a sheet of {ROWS} rows", lambda: documents.sign_in_sheet(people, workshop=WORKSHOP, day=documents.days(date(2026, 6, 18)), letterhead=HEAD), plain)


def _seconds(act):
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _show(what, act, plain, *, most=None):
    took = _seconds(act)
    print(f"  {what:34} {took:5.2f} s, {took / plain:6.0f} times the smallest{f'   OVER {most} s' if most and took > most else ''}")
