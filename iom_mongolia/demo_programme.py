"""The demonstration's programmes and materials: two days in both languages, one version published, one change since."""

from datetime import time

from workshops import agendas, materials

# Day (from 0), begins, ends, kind, English and Mongolian title, English and Mongolian speaker.
ITEMS = [
    (0, "08:45", "09:15", "opening", "Registration and opening words", "Бүртгэл, нээлтийн үг", "Chief of Mission, IOM Mongolia", "ОУШХБ-ын Монгол дахь суурин төлөөлөгч"),
    (0, "09:15", "09:45", "test", "What we know: test before the workshop", "Бидний мэдлэг: сургалтын өмнөх сорил", "", ""),
    (0, "09:45", "11:00", "session", "Labour migration to and from Mongolia: the figures", "Монгол руу орох, Монголоос гарах хөдөлмөрийн шилжилт: тоо баримт", "", ""),
    (0, "11:00", "11:20", "break", "Tea and coffee", "Цай, кофе", "", ""),
    (0, "11:20", "12:45", "session", "What a labour migration policy is made of", "Хөдөлмөрийн шилжилт хөдөлгөөний бодлогын бүрэлдэхүүн", "Migration policy adviser, IOM", "ОУШХБ-ын бодлогын зөвлөх"),
    (0, "12:45", "13:45", "meal", "Lunch", "Үдийн хоол", "", ""),
    (0, "13:45", "15:15", "session", "Countries of destination: admission of foreign workers", "Хүрэх орон: гадаадын ажиллах хүчийг хүлээн авах", "", ""),
    (0, "15:30", "17:00", "group-work", "Group work: shortages of labour", "Багийн ажил: ажиллах хүчний хомсдол", "", ""),
    (1, "09:00", "10:30", "session", "Countries of origin: fair recruitment and protection abroad", "Гарал орон: шударга зуучлал, гадаад дахь хамгаалал", "", ""),
    (1, "10:30", "10:50", "break", "Tea and coffee", "Цай, кофе", "", ""),
    (1, "10:50", "12:30", "group-work", "Group work: who does what", "Багийн ажил: хэн юуг хариуцах вэ", "", ""),
    (1, "12:30", "13:30", "meal", "Lunch", "Үдийн хоол", "", ""),
    (1, "13:30", "15:00", "session", "A plan of action for the institutions", "Байгууллагуудын үйл ажиллагааны төлөвлөгөө", "", ""),
    (1, "15:00", "15:40", "test", "Test after the workshop, evaluation", "Сургалтын дараах сорил, үнэлгээ", "", ""),
    (1, "15:40", "16:00", "closing", "Certificates and closing words", "Гэрчилгээ гардуулах, хаалтын үг", "", ""),
]  # fmt: skip


def load(workshop, *, by):
    """Gives a workshop of two days its programme, published once, and two links for its participants."""
    days = list(workshop.meeting_days.all())
    for number, begins, ends, kind, title_en, title_mn, speaker_en, speaker_mn in ITEMS:
        agendas.add_item(
            days[number],
            by=by,
            starts_at=time.fromisoformat(begins),
            ends_at=time.fromisoformat(ends),
            kind=kind,
            title_en=title_en,
            title_mn=title_mn,
            room_en="Hall 2",
            room_mn="2 дугаар танхим",
            speakers=[{"name_en": speaker_en, "name_mn": speaker_mn}] if speaker_en else [],
        )
    for day in days:
        agendas.set_hours(day, by=by, starts_at=time(8, 30), ends_at=time(17, 30))
    agendas.publish(workshop, by=by)
    materials.add(
        workshop, by=by, title_en="Global Compact for Migration", title_mn="Шилжилт хөдөлгөөний дэлхийн гэрээ", visible_to="everybody",
        link="https://www.iom.int/global-compact-migration",
    )  # fmt: skip
