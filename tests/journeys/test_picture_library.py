"""An editor puts a picture into the library, says what matters in it, and gives it to a news item."""

import pytest

from office.models import Picture
from tests import people
from tests.browser import accessibility_faults, wider_than_the_window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

POINT = "#id_focus_x", "#id_focus_y"


def test_a_picture_is_taken_in_and_its_focal_point_set_by_mouse_and_keyboard(live_server, page, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    item = people.news_item(published=False)
    said = []
    page.on("console", lambda message: message.type in {"warning", "error"} and said.append(message.text))
    page.goto(f"{live_server.url}/en/admin/office/picture/add/")
    page.get_by_label("E-mail").fill(people.editor(preferred_language="en").email)
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    # What is chosen is shown before it is sent.
    page.get_by_label("File").set_input_files({"name": "hall.jpg", "mimeType": "image/jpeg", "buffer": people.photograph(size=(1200, 400))})
    image = page.locator("[data-focus-whole] img")
    image.wait_for()
    box = image.bounding_box()
    image.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    assert [page.input_value(name) for name in POINT] == ["25", "75"]
    page.focus(POINT[0])
    page.keyboard.press("ArrowLeft")
    assert page.input_value(POINT[0]) == "24"
    assert page.locator(f"{POINT[0]} + output").inner_text() == "24 %"
    assert page.locator(".picture-focus-cut img").evaluate("image => image.style.objectPosition") == "24% 75%"
    assert (accessibility_faults(page), wider_than_the_window(page)) == ([], False)
    page.get_by_label("In words, English").fill("A hall")
    page.get_by_label("In words, Mongolian").fill("Танхим")
    page.get_by_label("Credit").fill("© IOM")
    page.get_by_label("Consent of those shown").select_option("not-needed")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()
    row = Picture.objects.get()
    assert (row.focus_x, row.focus_y) == (24, 75)

    # The picture that is chosen for an item stands beside the choice.
    page.goto(f"{live_server.url}/en/admin/office/newsitem/{item.pk}/change/")
    page.get_by_role("button", name="Add another Picture of the item").click()
    with page.expect_response("**/seen/small/") as shown:
        page.locator("[name=pictures-0-picture]").select_option(str(row.pk))
    assert shown.value.headers["content-type"] == "image/jpeg"
    assert said == []


def test_without_scripts_the_focal_point_is_two_numbers(client):
    people.signed_in(client, people.editor())
    page = client.get("/en/admin/office/picture/add/").text
    for name in ("focus_x", "focus_y"):
        assert f'<input type="number" name="{name}" value="50"' in page
