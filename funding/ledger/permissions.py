"""Who reads the books, who closes a month, who takes a journal back."""

from governance.accounts.roles import STREET_ROLES, Role, in_community, in_street, in_unit
from governance.kernel.permission import Permission, anywhere, register

READERS = {
    Role.CITY_OFFICE: anywhere, Role.AUDITOR: anywhere, Role.UNIT_FINANCE: in_unit, Role.UNIT_SOCIAL: in_unit,
    **dict.fromkeys(STREET_ROLES, in_street), Role.COMMUNITY: in_community,
}  # fmt: skip


def some_account_in_unit(post, journal) -> bool:
    """A journal whose accounts with a holder all lie in the post's unit."""
    units = {row.account.unit_id for row in journal.entries.select_related("account")}
    return units == {post.unit_id}


register(
    Permission("account.view", "查看账户", READERS),
    Permission(
        "journal.reverse",
        "红字冲销",
        {Role.UNIT_FINANCE: some_account_in_unit, Role.CITY_OFFICE: anywhere},
        system=True,
    ),
    Permission("period.close", "结账", {Role.CITY_OFFICE: anywhere}),
)
