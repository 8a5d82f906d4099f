"""Names are read, compared, sorted and searched in either script and any usual spelling."""

import json
from pathlib import Path

import pytest

from core import names
from core.names import ParsedName, Repair

DATA = json.loads((Path(__file__).parent / "data" / "names.json").read_text(encoding="utf-8"))
SPELLINGS = [(row["cyrillic"], latin) for row in DATA["names"] for latin in row["latin"]]


class TestRepair:
    @pytest.mark.parametrize(
        ("before", "after", "repairs"),
        [
            ("Мєнхбаяр", "Мөнхбаяр", [Repair("Мєнхбаяр", "Мөнхбаяр")]),
            ("Ганхїї", "Ганхүү", [Repair("Ганхїї", "Ганхүү")]),
            ("Бoлд", "Болд", [Repair("Бoлд", "Болд")]),
            ("Мѳнхбат", "Мөнхбат", [Repair("Мѳнхбат", "Мөнхбат")]),
            ("Мθнхбат", "Мөнхбат", [Repair("Мθнхбат", "Мөнхбат")]),
            ("Мöнхбат", "Мөнхбат", [Repair("Мöнхбат", "Мөнхбат")]),
            ("Б.Мѳнх-Єлзий", "Б.Мөнх-Өлзий", [Repair("Б.Мѳнх-Єлзий", "Б.Мөнх-Өлзий")]),
            ("Болд Пїрэв, Дорж", "Болд Пүрэв, Дорж", [Repair("Пїрэв", "Пүрэв")]),
            ("Munkhbаt", "Munkhbat", [Repair("Munkhbаt", "Munkhbat")]),  # the а is Cyrillic
            ("Жұмабек", "Жүмабек", [Repair("Жұмабек", "Жүмабек")]),
        ],
    )
    def test_puts_the_right_letters_and_says_which_words(self, before, after, repairs):
        assert names.repair(before) == (after, repairs)

    @pytest.mark.parametrize(
        "text", ["Қайрат Нұрлан", "Сергієнко", "БАТБАЯР bold", "Мунхbat", "B. Батбаяр", "Mönkhbat"]
    )
    def test_leaves_what_may_be_meant(self, text):
        assert names.repair(text) == (text, [])

    def test_removes_the_unseen_without_mention(self):
        assert names.repair("\ufeffБат\u200bбаяр\u00a0 \tБолд\x00\n") == ("Батбаяр Болд", [])

    def test_composes_letters(self):
        assert names.repair("Найи\u0306")[0] == "Найй"

    def test_repairing_twice_changes_nothing_more(self):
        once = names.repair("Мєнхбаяр Бoлд")[0]
        assert names.repair(once) == (once, [])


class TestRomanise:
    @pytest.mark.parametrize(("cyrillic", "latin"), DATA["romanised"].items())
    def test_follows_the_standard(self, cyrillic, latin):
        assert names.romanise(cyrillic) == latin

    @pytest.mark.parametrize(
        ("cyrillic", "latin"),
        [("ХҮРЭЛСҮХ", "KHÜRELSÜKH"), ("Ц.Хүрэл", "Ts.Khürel"), ("Айгүл", "Aigül"), ("Bold", "Bold")],
    )
    def test_a_digraph_has_one_capital_but_in_capitals(self, cyrillic, latin):
        assert names.romanise(cyrillic) == latin


class TestFold:
    @pytest.mark.parametrize(("a", "b", "same_key", "same_skeleton"), DATA["same"])
    def test_known_pairs(self, a, b, same_key, same_skeleton):
        assert (names.fold(a) == names.fold(b)) is same_key
        assert (names.skeleton(a) == names.skeleton(b)) is same_skeleton

    def test_all_usual_spellings_share_the_key_but_four(self):
        apart = [latin for cyrillic, latin in SPELLINGS if names.fold(latin) != names.fold(cyrillic)]
        assert len(SPELLINGS) == 399
        assert apart == ["Anudar", "Rinchen", "Temur", "Tumerbaatar"]

    def test_all_usual_spellings_share_the_skeleton(self):
        assert all(names.skeleton(a) == names.skeleton(b) for a, b in SPELLINGS)

    def test_different_names_have_different_keys(self):
        assert len({names.fold(row["cyrillic"]) for row in DATA["names"]}) == 240

    @pytest.mark.parametrize(
        ("key", "spellings"),
        [
            (
                "munhbat",
                "Мөнхбат Munkhbat Mönkhbat Monkhbat Munhbat Монхбат Мунхбат Мєнхбат МӨНХБАТ",
            ),
            ("ulzi", "Өлзий Ulzii Olzii Ölzii Єлзий"),
            ("tuv2in", "Түвшин Tuvshin Tuwshin Tvvshin"),
            ("bilgun", "Билгүүн Bilguun Bilgvvn"),
            ("baterdene", "Бат-Эрдэнэ Baterdene Bat’Erdene"),
            ("zurihu", "Зоригхүү Zorigkhuu Zorighuu"),
        ],
    )
    def test_spellings_of_one_name(self, key, spellings):
        assert {names.fold(spelling) for spelling in spellings.split()} == {key}

    def test_spaces_and_digits_vanish(self):
        assert names.fold(" Bat Erdene 2") == names.fold("Бат-Эрдэнэ")

    def test_names_in_other_scripts_are_not_all_alike(self):
        assert names.fold("李 明") == "李明"
        assert names.fold("李明") != names.fold("王伟")
        assert names.fold("...") == ""


class TestFoldPrefixes:
    @pytest.mark.parametrize(
        ("typed", "prefixes"),
        [
            ("k", {"k", "h"}),
            ("t", {"t", "c"}),
            ("s", {"s", "2"}),
            ("c", {"c", "1"}),
            ("y", {"i", "e"}),
            ("kh", {"h"}),
            ("munkhb", {"munhb"}),
            ("Мөнхб", {"munhb"}),
            ("", set()),
        ],
    )
    def test_unfinished_letter_groups_have_alternatives(self, typed, prefixes):
        assert names.fold_prefixes(typed) == prefixes

    def test_every_beginning_of_every_spelling_finds_its_name(self):
        missed = [
            name[:length]
            for name in {spelling for pair in SPELLINGS for spelling in pair}
            for length in range(1, len(name) + 1)
            if not names.fold(name).startswith(tuple(names.fold_prefixes(name[:length])))
        ]
        assert missed == []


class TestSortKey:
    def test_alphabet_of_35_letters(self):
        assert sorted(reversed(DATA["sorted"]), key=names.sort_key) == DATA["sorted"]

    def test_is_plain_digits(self):
        assert names.sort_key("Ёс 9a") == "17" + "30" + "00" + "10" + "50"

    def test_cyrillic_first_then_latin_a_to_z(self):
        right = ["2 дугаар", "Бат", "Бат Болд", "Батаа", "Яруу", "Bat", "Övgön", "Zorig", "李"]
        assert sorted(reversed(right), key=names.sort_key) == right

    def test_joins_and_stops_do_not_count(self):
        assert names.sort_key("Бат-Эрдэнэ") == names.sort_key("батэрдэнэ")
        assert names.sort_key("Б.Болд") == names.sort_key("Б. Болд")
        assert names.sort_key("Мєнх") == names.sort_key("Мөнх")


class TestGenitive:
    @pytest.mark.parametrize(
        ("patronymic", "nominative"),
        [
            ("Болдын", "Болд"),
            ("Доржийн", "Дорж"),
            ("Цахиагийн", "Цахиа"),
            ("Дамдины", "Дамдин"),
            ("Лувсаннамсрайн", "Лувсаннамсрай"),
            ("Дамбын", "Дамба"),
            ("Төмрийн", "Төмөр"),
            ("Эрдэнийн", "Эрдэнэ"),
            ("Өлзийн", "Өлзий"),
            ("Зоригийн", "Зориг"),
            ("Tsakhiagiin", "Цахиа"),
            ("Boldyn", "Болд"),
            ("Boldin", "Bold"),
            ("Dorjiin", "Дорж"),
            ("Batgyn", "Bat"),
            ("Damdiny", "Дамдин"),
            ("Namsrain", "Намсрай"),
        ],
    )
    def test_leads_to_the_name_itself(self, patronymic, nominative):
        keys = names.genitive_stem_keys(patronymic)
        assert names.fold(nominative) in keys
        assert names.fold(patronymic) in keys

    def test_few_alternatives(self):
        assert names.genitive_stem_keys("Болдын") == {"buldin", "buld"}
        assert names.genitive_stem_keys("Boldyn") == {"buldin", "buld"}

    @pytest.mark.parametrize("name", ["Энхжин", "Батхуяг", "Bold", "Дамдин", "Оюун", "Ганхүү"])
    def test_names_that_merely_end_so_stay(self, name):
        assert names.genitive_stem_keys(name) == {names.fold(name)}

    def test_nothing_gives_nothing(self):
        assert names.genitive_stem_keys(" ") == set()


def parsed(given, patronymic="", *, initial=False, clan="", certain=True, capitals=False):
    return ParsedName(given, patronymic, initial, clan, certain, capitals)


class TestParse:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Б. Батбаяр", parsed("Батбаяр", "Б.", initial=True)),
            ("Б.Батбаяр", parsed("Батбаяр", "Б.", initial=True)),
            ("Б Батбаяр", parsed("Батбаяр", "Б.", initial=True)),
            ("Б,Батбаяр", parsed("Батбаяр", "Б.", initial=True)),
            ("1. Б.Батбаяр", parsed("Батбаяр", "Б.", initial=True)),
            ("Ц.НАРАНТУЯА", parsed("НАРАНТУЯА", "Ц.", initial=True, capitals=True)),
            ("Tumurbaatar L.", parsed("Tumurbaatar", "L.", initial=True)),
            ("Batbayar.B", parsed("Batbayar", "B.", initial=True)),
            ("Ts. Khurelsukh", parsed("Khurelsukh", "Ts.", initial=True)),
            ("Khurelsukh Ts", parsed("Khurelsukh", "Ts.", initial=True)),
            ("Г. Бат Эрдэнэ", parsed("Бат Эрдэнэ", "Г.", initial=True)),
            ("Болдын Батбаяр", parsed("Батбаяр", "Болдын")),
            ("Батбаяр Болдын", parsed("Батбаяр", "Болдын")),
            ("Болдын, Батбаяр", parsed("Батбаяр", "Болдын")),
            ("Boldyn Batbayar", parsed("Batbayar", "Boldyn")),
            ("Дамдины Энхжин", parsed("Энхжин", "Дамдины")),
            ("Доржийн Бат-Эрдэнэ", parsed("Бат-Эрдэнэ", "Доржийн")),
            ("Доржийн Бат - Эрдэнэ", parsed("Бат-Эрдэнэ", "Доржийн")),
            ("Боржигин Болдын Батбаяр", parsed("Батбаяр", "Болдын", clan="Боржигин")),
            ("Боржигин овогт Болдын Батбаяр", parsed("Батбаяр", "Болдын", clan="Боржигин")),
            ("Боржигин Болд Батбаяр", parsed("Батбаяр", "Болд", clan="Боржигин")),
            ("Боржигин Б. Батбаяр", parsed("Батбаяр", "Б.", initial=True, clan="Боржигин")),
            ("Болд Батбаяр", parsed("Батбаяр", "Болд")),
            ("БОЛД БАТБАЯР", parsed("БАТБАЯР", "БОЛД", capitals=True)),
            ("БОЛД Батбаяр", parsed("Батбаяр", "БОЛД", certain=False, capitals=True)),
            ("Батбаяр, Болд", parsed("Батбаяр", "Болд", certain=False)),
            ("Bold, Batbayar", parsed("Batbayar", "Bold", certain=False)),
            ("Batbayar Bold", parsed("Batbayar", "Bold", certain=False)),
            ("BATBAYAR Bold", parsed("BATBAYAR", "Bold", certain=False, capitals=True)),
            ("Bold BATBAYAR", parsed("BATBAYAR", "Bold", certain=False, capitals=True)),
            ("Oyunchimeg Dorj", parsed("Oyunchimeg", "Dorj", certain=False)),
            ("Jocelyn Smith", parsed("Jocelyn", "Smith", certain=False)),
            ("John M. Smith", parsed("John M.", "Smith", certain=False)),
            ("Батбаяр гуай", parsed("Батбаяр")),
            ("доктор Б.Батбаяр", parsed("Батбаяр", "Б.", initial=True)),
            ("Dr.Boldyn Batbayar", parsed("Batbayar", "Boldyn")),
            ("Бат-Эрдэнэ", parsed("Бат-Эрдэнэ")),
            ("Болд Мєнхбаяр", parsed("Мөнхбаяр", "Болд")),
            ("", parsed("")),
            (" . , ", parsed("")),
        ],
    )
    def test_forms(self, text, expected):
        assert names.parse(text) == expected

    @pytest.mark.parametrize(
        ("text", "email", "given", "patronymic"),
        [
            ("BAATAR Monkhzul", "monkhzul@mfa.example", "Monkhzul", "BAATAR"),
            ("Gantulga Tserendorj", "tserendorj@mfa.example", "Tserendorj", "Gantulga"),
            ("Мөнх-Оргил Сүхбаатар", "munkhorgil@x.example", "Мөнх-Оргил", "Сүхбаатар"),
            ("Bold Batbayar", "b.batbayar@x.example", "Batbayar", "Bold"),
            ("Bold Batbayar", "batbayar.b@x.example", "Batbayar", "Bold"),
            ("Ganbold Batbayar", "gbatbayar@x.example", "Batbayar", "Ganbold"),
            ("Bold Batbayar", "batbayar85@x.example", "Batbayar", "Bold"),
            ("Bold Bat Erdene", "baterdene@x.example", "Bat Erdene", "Bold"),
            ("Tseren Bold", "Ts.Bold@x.example", "Bold", "Tseren"),
        ],
    )
    def test_the_e_mail_names_the_given_name(self, text, email, given, patronymic):
        name = names.parse(text, email=email)
        assert (name.given, name.patronymic, name.order_certain) == (given, patronymic, True)

    @pytest.mark.parametrize("email", ["labour@mol.example", "bold.batbayar@x.example", "@", "x"])
    def test_an_e_mail_that_decides_nothing(self, email):
        assert names.parse("Batbayar Bold", email=email) == names.parse("Batbayar Bold")

    def test_initial_and_genitive_outweigh_the_e_mail(self):
        assert names.parse("Б. Батбаяр", email="b@x.example").given == "Батбаяр"
        assert names.parse("Болдын Батбаяр", email="boldyn@x.example").given == "Батбаяр"

    def test_known_given_names_are_a_weak_hint(self):
        known = {names.fold("Oyunchimeg")}
        assert names.parse("Dorj Oyunchimeg", given_names=known) == parsed(
            "Oyunchimeg", "Dorj", certain=False
        )
        assert names.parse("Оюунчимэг Дорж", given_names=known) == parsed(
            "Оюунчимэг", "Дорж", certain=False
        )
        assert names.parse("Дорж Оюунчимэг", given_names=known) == parsed("Оюунчимэг", "Дорж")

    @pytest.mark.parametrize("text", ["Болд Бат Эрдэнэ Хүү", "a b c d", "Б. Ц.", "Mr", "99112233 Болд"])
    def test_no_word_is_lost(self, text):
        name = names.parse(text)
        got = f"{name.clan} {name.patronymic} {name.given}"
        assert sorted(got.replace(".", "").split()) == sorted(text.replace(".", "").split())


class TestSamePerson:
    @pytest.mark.parametrize(
        ("a", "b", "verdict"),
        [
            (("Оюунчимэг", "Доржийн"), ("Oyunchimeg", "Dorj"), "same"),
            (("Мөнхбат", "Болд"), ("Монхбат", "Болдын"), "same"),
            (("Dorj", "Oyunchimeg"), ("Оюунчимэг", "Доржийн"), "compatible"),
            (("Батбаяр", "Б."), ("Batbayar", "Bold"), "compatible"),
            (("Батбаяр", "Б."), ("Батбаяр", "Б."), "compatible"),
            (("Батбаяр", ""), ("Batbayar", "Bold"), "compatible"),
            (("Батбаяр", ""), ("Batbayar", ""), "compatible"),
            (("Хүрэлсүх", "Ц."), ("Khurelsukh", "Tseren"), "compatible"),
            (("Khurelsukh", "T."), ("Хүрэлсүх", "Цэрэн"), "compatible"),
            (("Khurelsukh", "C."), ("Хүрэлсүх", "Цэрэн"), "compatible"),
            (("Батбаяр", "Г."), ("Batbayar", "Bold"), "different"),
            (("Батбаяр", "Г."), ("Батбаяр", "Б."), "different"),
            (("Батбаяр", "Болд"), ("Batbayar", "Ганбат"), "different"),
            (("Батбаяр", "Болд"), ("Ганбат", "Болд"), "different"),
            (("Бат", ""), ("Болд", "Бат"), "different"),
            (("", ""), ("", ""), "different"),
        ],
    )
    def test_verdict_is_the_same_both_ways(self, a, b, verdict):
        assert names.same_person_names(a, b) == verdict
        assert names.same_person_names(b, a) == verdict


class TestDisplay:
    @pytest.mark.parametrize(
        ("given", "patronymic", "shown"),
        [
            ("Батбаяр", "Болд", "Б. Батбаяр"),
            ("Хүрэлсүх", "Цэрэн", "Ц. Хүрэлсүх"),
            ("Khurelsukh", "Tseren", "Ts. Khurelsukh"),
            ("Khurelsukh", "Ts", "Ts. Khurelsukh"),
            ("Bold", "Yumjaa", "Yu. Bold"),
            ("Батбаяр", "Б.", "Б. Батбаяр"),
            ("Батбаяр", "", "Батбаяр"),
        ],
    )
    def test_with_initial(self, given, patronymic, shown):
        assert names.display(given, patronymic) == shown

    def test_in_full(self):
        assert names.display("Батбаяр", "Болдын", initial=False) == "Болдын Батбаяр"
        assert names.display("Батбаяр", "Б", initial=False) == "Б. Батбаяр"


class TestQuery:
    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("Б.Бат", [("Б.", {"b"}, True), ("Бат", {"bat", "bac"}, False)]),
            ("munkhb", [("munkhb", {"munhb"}, False)]),
            ("болор б", [("болор", {"bulur"}, False), ("б", {"b"}, False)]),
            ("Batbayar B.", [("Batbayar", {"batbaiar"}, False), ("B.", {"b"}, True)]),
            ("Бат-Эр", [("Бат-Эр", {"bater"}, False)]),
            ("9911 2233", []),
            ("b.bold@x.example", []),
            ("", []),
        ],
    )
    def test_words(self, typed, words):
        found = [(word.text, set(word.prefixes), word.initial) for word in names.parse_query(typed)]
        assert found == words


class TestRegistrationNumbers:
    @pytest.mark.parametrize(
        "number",
        [
            "ЗЗ99999999",
            "зз 99999999",
            "ЗЗ-99999999",
            "YK99999999",  # Latin letters of the same shape
            "ӨҮ99999999",
            "Зx99999999",
            "999999999999",
            "З\u200bЗ99999999",
        ],
    )
    def test_found_and_dropped(self, number):
        assert names.find_registration_numbers(number) == [number.replace("\u200b", "")]
        assert names.drop_registration_numbers(number) == ("", 1)

    @pytest.mark.parametrize(
        "text",
        [
            "99112233",
            "+97699112233",
            "+976 99112233",
            "976 99112233",
            "97699112233",
            "нь 99112233",
            "Нарантуяа 99112233",
            "hc99999999@x.example",
            "x.ax99999999@x.example",
            "https://x.example/AB99999999",
            "ЗЗ999999990",
            "АЗЗ99999999",
            "дугаар 999999999999  дахь",
        ],
    )
    def test_other_things_stay_to_the_letter(self, text):
        assert names.find_registration_numbers(text) == []
        assert names.drop_registration_numbers(text) == (text, 0)

    @pytest.mark.parametrize(
        "text, rest",
        [
            ("РД.ЗЗ99999999", ""),
            ("РД-ЗЗ99999999", ""),
            ("Б.ЗЗ99999999", "Б."),
            ("ЗЗ№99999999", ""),
            ("ЗЗ_99999999", ""),
            ("Ө Ө99999999", ""),
            ("З.З.99999999", ""),
            ("ЗЗ99999999ба", "ба"),
            ("РД: ЗЗ 99 99 99 99, дарга", ", дарга"),
            ("регистр 999999999999 утас 99112233", "утас 99112233"),
        ],
    )
    def test_dropped_however_it_is_typed(self, text, rest):
        kept, count = names.drop_registration_numbers(text)
        assert count == 1 and kept.strip(" ,") == rest.strip(" ,")

    @pytest.mark.parametrize(
        "text", ["Б.Т 99112233", "Ут 99112233", "т.99112233", "РД байхгүй, утас 99112233", "РД 9911 2233 8811 2233", "З.ax99999999@x.example"]
    )
    def test_telephones_beside_initials_and_labels_stay(self, text):
        assert names.drop_registration_numbers(text) == (text, 0)

    def test_dropped_from_among_other_things(self):
        text = "Болд\t(РД: ЗЗ99999999)\t99112233\nДорж ЯЯ 99999999, 88112233"
        assert names.drop_registration_numbers(text) == ("Болд\t\t99112233\nДорж, 88112233", 2)


def test_script_of_a_text():
    assert names.is_cyrillic("Болд B.") and not names.is_latin("Болд B.")
    assert names.is_latin("Bold Б.") and not names.is_cyrillic("Bold Б.")
    assert not names.is_latin("123") and not names.is_cyrillic("123")
