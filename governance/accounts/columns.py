"""Columns of the lists of accounts and appointments."""

from django.urls import reverse
from django.utils.html import format_html

from governance.kernel.ui.formats import mask_phone
from governance.kernel.ui.views import Column


def _posts(user) -> str:
    """The posts in force, as words."""
    return "；".join(f"{post.get_role_display()}·{post.place}" for post in user.posts_now) or "没有任职"


def _person(row):
    """A name with the mark of synthetic data."""
    return format_html('{} <span class="demo-badge">演示数据</span>', row) if row.is_synthetic else str(row)


USER_COLUMNS = [
    Column("name", "姓名", primary=True, sort="name", render=_person, export=lambda user: user.name),
    Column("username", "用户名", sort="username"),
    Column("posts_now", "岗位", render=_posts, width=48),
    Column("phone", "手机", render=lambda user: mask_phone(user.phone) or "—", wide=True),
    Column("is_active", "启用", wide=True),
]
APPOINTMENT_COLUMNS = [
    Column("user", "姓名", primary=True, export=lambda row: row.user.name),
    Column("role", "岗位", kind="status", sort="role"),
    Column("place", "地点或部门", width=32),
    Column("title", "职务", wide=True),
    Column("valid_from", "起", kind="date", sort="valid_from"),
    Column("valid_to", "止（不含）", kind="date", sort="valid_to"),
]
LOCK_COLUMNS = [
    Column("user", "姓名", primary=True, url=lambda row: row.user.get_absolute_url()),
    Column("user.username", "用户名"),
    Column("address", "来源地址"),
    Column("failures", "失败次数", kind="number"),
    Column("until", "自动解锁", kind="datetime"),
    Column("user.pk", "解除", template="governance/accounts/_unlock.html"),
]


def end_column() -> Column:
    """The link that ends an appointment."""
    return Column(
        "pk", "", render=lambda row: format_html('<a href="{}">结束</a>', reverse("appointment-end", args=[row.pk]))
    )
