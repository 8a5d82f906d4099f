"""The usual forms in both languages: what a new test, evaluation or follow-up begins with. Staff change what they like."""

from workshops.models import Form, Question

Kind = Form.Kind
ONE, SCALE, YES_NO, TEXT = Question.Kind.ONE, Question.Kind.SCALE, Question.Kind.YES_NO, Question.Kind.TEXT


def _question(kind, text_en, text_mn, **details):
    return {"kind": kind, "text_en": text_en, "text_mn": text_mn, **details}


def _options(*rows):
    return [{"text_en": english, "text_mn": mongolian, "is_right": right} for english, mongolian, right in rows]


# On what every workshop of the office rests; the questions on its own subject are added by staff.
_TEST = [
    _question(
        ONE, "Who should pay for the recruitment of a migrant worker?", "Шилжин ажиллагчийг ажилд зуучлах зардлыг хэн төлөх ёстой вэ?",
        options=_options(
            ("The worker", "Ажилтан өөрөө", False), ("The employer", "Ажил олгогч", True), ("Each one half", "Хоёр тал тэнцүү хувааж", False),
            ("I do not know", "Мэдэхгүй", False),
        ),
    ),
    _question(
        YES_NO, "Do human rights also protect a migrant who is in a country without permission?",
        "Тухайн улсад зөвшөөрөлгүй байгаа шилжигчийг хүний эрх мөн хамгаалах уу?", right_answer="yes",
    ),
    _question(
        ONE, "What is the Global Compact for Migration?", "«Шилжилт хөдөлгөөний дэлхийн гэрээ» гэж юу вэ?",
        options=_options(
            ("A treaty that binds all states", "Бүх улсыг заавал дагуулах олон улсын гэрээ", False),
            ("A framework of cooperation that does not bind in law", "Хуулийн хувьд заавал дагахгүй, хамтын ажиллагааны хүрээ", True),
            ("A law of the European Union", "Европын холбооны хууль", False), ("I do not know", "Мэдэхгүй", False),
        ),
    ),
    _question(SCALE, "How well do you know the subject of this workshop?", "Та энэ сургалтын сэдвийг хэр сайн мэдэх вэ?"),
]  # fmt: skip

FORMS = {
    Kind.PRE: {
        "form": {
            "title_en": "Test before the workshop", "title_mn": "Сургалтын өмнөх сорил",
            "intro_en": "A few questions, to see afterwards what was learnt. Nobody passes or fails.",
            "intro_mn": "Юу сурсныг дараа нь харьцуулах цөөн асуулт. Хэн ч тэнцэх, унах асуудал байхгүй.",
        },
        "questions": _TEST,
    },
    Kind.POST: {
        "form": {
            "title_en": "Test after the workshop", "title_mn": "Сургалтын дараах сорил",
            "intro_en": "The same questions as before the workshop. Nobody passes or fails.",
            "intro_mn": "Сургалтын өмнөхтэй ижил асуултууд. Хэн ч тэнцэх, унах асуудал байхгүй.",
        },
        "questions": _TEST,
    },
    Kind.EVALUATION: {
        "form": {
            "title_en": "Evaluation of the workshop", "title_mn": "Сургалтын үнэлгээ",
            "intro_en": "Tell us what was good and what was not. It takes three minutes.",
            "intro_mn": "Юу сайн, юу дутуу байсныг бидэнд хэлнэ үү. Гурван минут зарцуулна.",
        },
        "questions": [
            _question(SCALE, "How good was the content?", "Агуулга хэр сайн байсан бэ?"),
            _question(SCALE, "How good were the trainers?", "Сургагч багш нар хэр сайн байсан бэ?"),
            _question(SCALE, "How good were venue, meals and organisation?", "Байр, хоол, зохион байгуулалт хэр сайн байсан бэ?"),
            _question(SCALE, "How useful is it for your work?", "Таны ажилд хэр хэрэгтэй вэ?"),
            _question(SCALE, "How well could you follow in the language of the workshop?", "Сургалтын хэлээр хэр сайн ойлгож байсан бэ?"),
            _question(YES_NO, "Would you recommend the workshop to a colleague?", "Та энэ сургалтыг хамтран ажиллагчдаа санал болгох уу?"),
            _question(TEXT, "What will you use in your work?", "Та ажилдаа юуг нь хэрэглэх вэ?", is_required=False),
            _question(TEXT, "What should be better next time?", "Дараагийн удаа юуг сайжруулах хэрэгтэй вэ?", is_required=False),
        ],
    },
    Kind.FOLLOW_UP: {
        "form": {
            "title_en": "Some months later", "title_mn": "Хэдэн сарын дараа",
            "intro_en": "What has become of what you took home from the workshop?",
            "intro_mn": "Сургалтаас авсан зүйл тань ажилд тань хэрхэн хэрэг болов?",
        },
        "questions": [
            _question(YES_NO, "Have you used in your work what you learnt?", "Сурсан зүйлээ ажилдаа хэрэглэсэн үү?"),
            _question(YES_NO, "Have you passed it on to colleagues?", "Хамтран ажиллагчдадаа дамжуулсан уу?"),
            _question(SCALE, "How useful was the workshop, seen from today?", "Өнөөдрөөс харахад сургалт хэр хэрэгтэй байсан бэ?"),
            _question(TEXT, "What has changed?", "Юу өөрчлөгдсөн бэ?", is_required=False),
            _question(TEXT, "What stood in the way?", "Юу саад болсон бэ?", is_required=False),
        ],
    },
}  # fmt: skip
