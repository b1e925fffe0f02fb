"""Who publishes and answers (domain-rules 10, A.2): the community; its street may do it for it. Finance looks on."""

from funding.ledger.permissions import READERS
from governance.accounts.roles import STREET_ROLES, Role, in_community, in_street
from governance.kernel.permission import Permission, register

PUBLISHERS = {Role.COMMUNITY: in_community, **dict.fromkeys(STREET_ROLES, in_street)}

register(
    Permission("disclosure.view", "查看经费公开", READERS),
    Permission("disclosure.publish", "公布经费", PUBLISHERS),
    Permission("disclosure.lapse", "经费公开逾期", {}, system=True),
    Permission("money_question.view", "查看经费提问", READERS),
    Permission("money_question.answer", "答复经费提问", PUBLISHERS),
)
