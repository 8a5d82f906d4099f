"""What one can apply for in the demonstration: a vacancy, a tender and a call that are open, and a vacancy that is closed."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from office.models import Opportunity

ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")
INVENTED = {
    "en": "<p>This announcement belongs to the demonstration of this site and is invented: nobody can apply.</p>",
    "mn": "<p>Энэ зар нь сайтын үзүүлэнд зориулсан зохиомол зар тул өргөдөл хүлээн авахгүй.</p>",
}

ROWS = [
    {
        "slug": "programme-assistant-demonstration", "kind": "vacancy", "reference": "DEMO-VN-1", "opens": -5, "closes": 12,
        "title_en": "Programme assistant (demonstration)", "title_mn": "Хөтөлбөрийн туслах ажилтан (үзүүлэн)",
        "summary_en": "Prepares workshops with ministries and agencies, and keeps their lists.",
        "summary_mn": "Яам, агентлагуудтай хамтран сургалт бэлтгэж, жагсаалтыг нь хөтөлнө.",
        "body_en": "<h2>The work</h2><ul><li>Prepare workshops and write to institutions.</li><li>Keep the lists of participants.</li></ul>"
        "<h2>Who we look for</h2><ul><li>Good Mongolian and English, spoken and written.</li><li>Two years in an office.</li></ul>",
        "body_mn": "<h2>Хийх ажил</h2><ul><li>Сургалт бэлтгэх, байгууллагуудтай бичгээр харилцах.</li><li>Оролцогчдын жагсаалт хөтлөх.</li></ul>"
        "<h2>Тавих шаардлага</h2><ul><li>Монгол, англи хэлээр чөлөөтэй ярьж, бичдэг.</li><li>Оффисын ажлын хоёр жилийн туршлагатай.</li></ul>",
        "terms_en": "One year, full time", "terms_mn": "Нэг жил, бүтэн цаг",
        "how_to_apply_en": "Send a curriculum vitae and a letter of one page.", "how_to_apply_mn": "Товч намтар, нэг хуудас захидал илгээнэ үү.",
    },
    {
        "slug": "interpretation-equipment-demonstration", "kind": "tender", "reference": "DEMO-RFQ-2", "opens": -9, "closes": 1,
        "title_en": "Hire of interpretation equipment (demonstration)", "title_mn": "Орчуулгын тоног төхөөрөмж түрээслэх (үзүүлэн)",
        "summary_en": "Two booths and 60 receivers for a workshop of two days.",
        "summary_mn": "Хоёр өдрийн сургалтад хоёр бүхээг, 60 хүлээн авагч.",
        "how_to_apply_en": "Send a price for each item, valid for 60 days.", "how_to_apply_mn": "Нэр төрөл тус бүрийн үнийг 60 хоног хүчинтэйгээр илгээнэ үү.",
    },
    {
        "slug": "volunteer-interpreters-demonstration", "kind": "volunteers", "reference": "", "opens": -1, "closes": 20,
        "title_en": "Volunteer interpreters (demonstration)", "title_mn": "Сайн дурын орчуулагч (үзүүлэн)",
        "summary_en": "For one day, between Mongolian and English.", "summary_mn": "Нэг өдөр, монгол, англи хэлний хооронд орчуулна.",
    },
    {
        "slug": "driver-demonstration", "kind": "vacancy", "reference": "DEMO-VN-0", "opens": -40, "closes": -12,
        "title_en": "Driver (demonstration)", "title_mn": "Жолооч (үзүүлэн)",
        "summary_en": "Drives in the capital and in the provinces.", "summary_mn": "Нийслэл, аймгуудад жолоо барина.",
    },
]  # fmt: skip


def load(today):
    """Each closes at 18:00 in Ulaanbaatar, so many days from today."""
    for said in ROWS:
        details = dict(said)
        opens, closes = details.pop("opens"), details.pop("closes")
        for code, words in INVENTED.items():
            details[f"body_{code}"] = details.get(f"body_{code}", "") + words
        Opportunity.objects.create(
            **details,
            opens_at=datetime.combine(today + timedelta(days=opens), time(9), ULAANBAATAR),
            closes_at=datetime.combine(today + timedelta(days=closes), time(18), ULAANBAATAR),
            duty_station_en="Ulaanbaatar",
            duty_station_mn="Улаанбаатар",
            apply_email="applications@iom.example",
            is_demo=True,
        )
