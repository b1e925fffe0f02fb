"""Accounts that money is paid to: test numbers only, one current account for each community."""

import re

from django.db import transaction

from governance.kernel import audit
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.errors import Invalid
from governance.kernel.permission import require
from governance.territory.models import Division, ManagementUnit

from ..models import PayeeAccount
from ..models.batch import TEST_NUMBER


@transaction.atomic
def payee_set(
    *, by: Actor, community: Division, name: str, bank: str, number: str, is_synthetic: bool = False
) -> PayeeAccount:
    """Make this the community's account from now on. Raises Forbidden, Invalid (not a test number)."""
    row = PayeeAccount(
        community=community, street_id=community.street_id, unit_id=community.unit_id, name=name.strip(), bank=bank.strip(),
        number=re.sub(r"\s", "", number), created_by_id=by.user_id, is_synthetic=is_synthetic,
    )  # fmt: skip
    require(by, "payee.set", row)
    if not re.fullmatch(TEST_NUMBER, row.number):
        raise Invalid(number="目前只接受测试账号：以 0000 开头，共 12 至 24 位数字。")
    Division.objects.select_for_update(of=("self",)).get(pk=community.pk)
    PayeeAccount.objects.filter(community=community, is_current=True).update(is_current=False)
    row.save()
    audit.record(
        action="payee.set",
        label="登记收款账户",
        by=by,
        subject=row,
        data={"account": row.masked, "community": community.code12},
    )
    return row


@transaction.atomic
def payees_load(*, unit: ManagementUnit) -> int:
    """Give every community of a unit that has none a made-up account (test digits, marked). Returns how many."""
    known = PayeeAccount.objects.filter(unit=unit, is_current=True).values("community_id")
    places = Division.objects.communities().filter(unit=unit).exclude(pk__in=known)
    rows = PayeeAccount.objects.bulk_create(
        PayeeAccount(
            community=place, street_id=place.street_id, unit_id=place.unit_id, name=place.name,
            bank="演示银行大连分行", number=f"0000{place.code12}{place.pk % 97:02d}", is_synthetic=True,
        )
        for place in places
    )  # fmt: skip
    if rows:
        audit.record(
            action="payee.load", label="生成演示收款账户", by=SYSTEM, subject=rows[0], thread=f"payees:{unit.code}",
            data={"count": len(rows)},
        )  # fmt: skip
    return len(rows)
