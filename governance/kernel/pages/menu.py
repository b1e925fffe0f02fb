"""The menu's lines of the kernel pages."""

from ..ui import menu
from .permissions import READ_AUDIT

menu.register(label="规则", url_name="policy-rules", icon="scale", section="规则与口径", order=700)
menu.register(label="工作日历", url_name="calendar", icon="calendar", section="规则与口径", order=710)
menu.register(label="口径卡", url_name="metric-cards", icon="info", section="规则与口径", order=720)
menu.register(label="审计", url_name="audit", icon="eye", permission=READ_AUDIT, section="三员管理", order=930)
