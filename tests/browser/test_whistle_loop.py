"""The whole loop as people walk it: blow, approve, mail, link, reply, ruling, report with photo, rework, verify, rate, dashboard."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests_support.photos import jpeg

pytestmark = pytest.mark.timeout(300)
TITLE = "夜市油锅起火险情反复"
DONE = "街道已两次现场处置并疏散摊贩，仍反复起火，需要专业队伍。"
STAFF, LEADER, RULING, CITY = "jd.zhihui", "jd.shuji", "qu.caijue", "shi.lingdao"


def check(page, group: str, label: str) -> None:
    """Tick one choice of a group of radio buttons or boxes."""
    page.get_by_role("group", name=re.compile(group)).get_by_label(label, exact=True).check()


def press(page, label: str, note: str = "") -> None:
    """Use one of the buttons under “what I can do now”; its panel opens first."""
    opener = page.locator("summary", has_text=re.compile(rf"^\s*{label}\s*$"))
    if opener.count():
        opener.first.click()
        panel = page.locator("details[open]").filter(
            has=page.locator("summary", has_text=re.compile(rf"^\s*{label}\s*$"))
        )
        if note:
            panel.locator("textarea").fill(note)
        panel.get_by_role("button", name=re.compile("确认")).click()
    else:
        page.get_by_role("link", name=label, exact=True).or_(
            page.get_by_role("button", name=label, exact=True)
        ).first.click()
    page.wait_for_load_state()


def blow(window) -> str:
    """Blow an emergency whistle for two departments; returns its address."""
    page = window.page
    page.goto("/whistles/blow/")
    page.get_by_role("radio", name="应急处置").check()
    page.get_by_label(re.compile("^事项分类")).select_option(label="火灾险情")
    page.get_by_label(re.compile("^标题")).fill(TITLE)
    page.get_by_label(re.compile("^事实描述")).fill("夜市摊位油锅多次起火，居民要求立即处置。")
    page.get_by_label(re.compile("^地点")).fill("青泥街与友好路路口")
    page.get_by_label(re.compile("^街道已做工作")).fill("太短")
    page.get_by_label(re.compile("^主办部门")).select_option(label="中山城管局")
    page.get_by_label("中山住建局", exact=True).check()
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("不少于 20 字（现 2 字）").first).to_be_visible()
    expect(page.get_by_label(re.compile("^标题"))).to_have_value(TITLE)  # nothing was lost
    page.get_by_label(re.compile("^街道已做工作")).fill(DONE)
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url(re.compile(r"/whistles/\d+/"))
    return page.url


def mail_of(window, office: str, words: str) -> None:
    """Open the newest mail to a department that says ``words``; the worker has some seconds to send it."""
    page = window.page
    for _attempt in range(40):
        page.goto(f"/mailbox/?q={office}")
        box = page.locator("table a, .rows a, main a").filter(has_text=office).first
        if box.count():
            box.click()
            page.wait_for_load_state()
            mail = page.get_by_role("link", name=re.compile(words)).first
            if mail.count():
                mail.click()
                page.wait_for_load_state()
                return
        time.sleep(0.5)
    raise AssertionError(f"no mail “{words}” to {office}: {page.locator('main').inner_text()[:800]}")


def open_link(window) -> None:
    window.page.get_by_role("link", name="打开办理链接").first.click()
    window.page.wait_for_load_state()


def reload_until(page, words: str, seconds: float = 20) -> None:
    """Wait for what a worker does in the background."""
    until = time.monotonic() + seconds
    while words not in page.locator("main").inner_text():
        assert time.monotonic() < until, f"“{words}” did not appear: {page.locator('main').inner_text()[:1500]}"
        time.sleep(0.5)
        page.reload()


def report(window, with_photo: bool = False) -> None:
    """Report done on the phone page, with the four elements."""
    page = window.page
    page.get_by_role("link", name=re.compile("报办结")).click()
    page.get_by_label(re.compile("^与谁沟通")).fill("街道综合指挥中心")
    page.get_by_label(re.compile("^解决措施")).fill("已清除明火源并配置灭火器材。")
    page.get_by_label(re.compile("^受理时间")).fill("当日")
    page.get_by_label(re.compile("^解决时限")).fill("即日")
    if with_photo:
        page.locator("input[type=file]").set_input_files(
            {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
        )
    page.get_by_role("button", name=re.compile("报办结|提交|确认")).last.click()
    page.wait_for_load_state()


def arrive(window) -> None:
    page = window.page
    page.get_by_role("link", name=re.compile("^\\s*报到")).first.click()
    page.get_by_label(re.compile("^报到人")).fill("值班中队长")
    page.get_by_role("button", name=re.compile("报到|提交|确认")).last.click()
    page.wait_for_load_state()


def verify_and_rate(window, address: str, office: str) -> None:
    page = window.page
    page.goto(address)
    page.get_by_role("link", name=office).first.click()
    press(page, "核实通过")
    press(page, "评价")
    for name in ("报到速度", "态度协同", "解决质量", "依法规范"):
        page.get_by_role("group", name=re.compile(name)).get_by_label(re.compile("^5 ?星|5")).check(force=True)
    check(page, "是否彻底解决", "彻底解决")
    page.get_by_role("button", name=re.compile("评价|提交|确认")).last.click()
    page.wait_for_load_state()


def open_tickets(page) -> int:
    """The city dashboard's figure of tickets at work."""
    page.goto("/dashboard/")
    tile = page.get_by_role("link", name=re.compile(r"^在办工单 \d+"))
    return int(re.search(r"在办工单 (\d+)", tile.first.get_attribute("aria-label"))[1])


def test_the_whole_loop(screen):
    staff, leader, ruling, city = screen(STAFF), screen(LEADER), screen(RULING), screen(CITY)
    first, second, third = screen(phone=True), screen(phone=True), screen(phone=True)

    before = open_tickets(city.page)

    address = blow(staff)
    leader.page.goto(address)
    press(leader.page, "审核通过")
    staff.page.goto(address)
    press(staff.page, "派发")
    assert open_tickets(city.page) == before + 2

    mail_of(first, "中山城管局", TITLE)
    open_link(first)
    assert first.fits()
    first.page.get_by_role("button", name="签收").click()
    expect(first.page.get_by_text("待报到").first).to_be_visible()

    mail_of(second, "中山住建局", TITLE)
    second.page.get_by_label("第一行").fill("异议：明火处置不属住建职责；依据：三定规定第四条；建议：中山消防大队")
    second.page.get_by_role("button", name="发送回信").click()
    second.page.wait_for_load_state()
    ruling.page.goto(address)
    reload_until(ruling.page, "异议裁决中")
    ruling.page.get_by_role("link", name="中山住建局").first.click()
    press(ruling.page, "改派")
    ruling.page.get_by_label(re.compile("^改派给")).select_option(label="中山消防大队")
    ruling.page.get_by_label(re.compile("^裁决理由")).fill("明火险情由消防救援部门承办。")
    ruling.page.get_by_role("button", name=re.compile("改派|提交|确认")).last.click()
    ruling.page.wait_for_load_state()

    mail_of(third, "中山消防大队", TITLE)
    open_link(third)
    third.page.get_by_role("button", name="签收").click()
    third.page.wait_for_load_state()
    arrive(third)
    report(third, with_photo=True)
    assert third.fits()
    first.page.reload()
    arrive(first)
    report(first, with_photo=True)

    staff.page.goto(address)
    staff.page.get_by_role("link", name="中山消防大队").first.click()
    expect(staff.page.locator("img").first).to_be_visible()  # the photo
    press(staff.page, "核实不通过，返工")
    staff.page.get_by_label(re.compile("^哪里没有解决")).fill("现场仍有油锅明火。")
    staff.page.get_by_role("button", name=re.compile("返工|提交|确认")).last.click()
    staff.page.wait_for_load_state()
    third.page.reload()
    report(third)

    verify_and_rate(staff, address, "中山消防大队")
    verify_and_rate(staff, address, "中山城管局")
    staff.page.goto(address)
    expect(staff.page.get_by_text("已办结").first).to_be_visible()
    assert open_tickets(city.page) == before
    reload_until(city.page, "2件")  # the rollup has folded: two tickets dispatched and closed this quarter
