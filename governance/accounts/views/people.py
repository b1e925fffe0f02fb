"""Accounts: the list, one account, a new one, its password and locks."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from governance.kernel import audit, clock
from governance.kernel.errors import DomainError, Invalid
from governance.kernel.ui.formats import mask_phone
from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage, Page

from .. import services
from ..columns import APPOINTMENT_COLUMNS, LOCK_COLUMNS, USER_COLUMNS
from ..filters import UserFilter
from ..forms import UserForm
from ..models import Appointment, User
from ..panels import SIGNS
from ..permissions import MANAGE, READ
from ..selectors import locked_accounts


class UserList(ListPage):
    """All accounts."""

    title = "用户"
    icon = "users"
    permission = READ
    model = User
    columns = USER_COLUMNS
    filterset_class = UserFilter
    empty_title = "还没有用户"
    empty_text = "新建用户后，再为他添加岗位和任职地点。"

    def get_queryset(self):
        """With the appointments in force for the columns."""
        return User.objects.with_posts()

    def actions(self):
        """A new account."""
        return (
            [{"label": "新建用户", "url": reverse("user-new"), "icon": "plus", "primary": True}]
            if self.may(MANAGE)
            else []
        )


class UserPage(DetailPage):
    """One account: who, which posts, what happened."""

    permission = READ
    model = User
    badge_field = ""
    icon = "user"
    template_name = "governance/accounts/user.html"

    def crumbs(self):
        """From the list."""
        return [("用户", reverse("users")), (str(self.object), "")]

    def facts(self):
        """What the account says; the telephone number masked."""
        user = self.object
        return [
            ("用户名", user.username), ("姓名", user.name), ("手机", mask_phone(user.phone) or "—"),
            ("状态", "启用" if user.is_active else "停用"),
            ("口令", "待本人更换" if user.must_change_password else f"{user.password_changed_at:%Y-%m-%d} 更换"),
        ]  # fmt: skip

    def events(self):
        """The account's part of the audit trail."""
        rows = audit.AuditEvent.objects.filter(thread=f"user:{self.object.pk}").exclude(action__in=SIGNS)
        return [
            {"at": event.at, "title": event.label or event.action, "who": event.actor_label, "body": _words(event.data)}
            for event in rows.order_by("-id")[:50]
        ]

    def moves(self):
        """What the security administrator may do to somebody else's account."""
        user = self.object
        if not self.may(MANAGE) or user.pk == self.actor.user_id:
            return []

        def move(name: str, label: str, icon: str, hint: str) -> dict:
            return {"label": label, "icon": icon, "hint": hint, "url": reverse(name, args=[user.pk]), "tone": "neutral"}

        active = "user-disable" if user.is_active else "user-enable"
        words = (
            ("停用账户", "close", "不能再登录，历史保留。") if user.is_active else ("启用账户", "check", "恢复登录。")
        )
        appoint = {"label": "添加任职", "icon": "plus", "link": True, "url": reverse("appoint", args=[user.pk])}
        reset = {"label": "重置口令", "icon": "lock", "link": True, "url": reverse("user-password", args=[user.pk])}
        return [appoint, reset, move(active, *words)]

    def extra_context(self):
        """Posts now and before."""
        rows = Appointment.objects.filter(user=self.object).select_related("unit", "street", "community", "department")
        today = clock.today()
        now = [row for row in rows if row.valid_to is None or row.valid_to > today]
        return {
            "columns": APPOINTMENT_COLUMNS[1:],
            "now_rows": now,
            "old_rows": [row for row in rows if row not in now],
            "manages": self.may(MANAGE) and self.object.pk != self.actor.user_id,
            "himself": self.object.pk == self.actor.user_id,
        }


def _words(data: dict) -> str:
    """The data of an event as a line."""
    return "，".join(str(value) for name, value in data.items() if value and name != "username")


class OncePassword:
    """Shows a first password in the answer to the POST itself: it is stored nowhere."""

    def show_password(self, user: User, password: str):
        """Draw it, and let nobody keep the page."""
        self.template_name = "governance/accounts/first_password.html"
        response = self.draw({"person": user, "password": password})
        response["Cache-Control"] = "no-store"
        return response


class UserNew(OncePassword, FormPage):
    """Make an account."""

    title = "新建用户"
    icon = "plus"
    permission = MANAGE
    form_class = UserForm
    submit_label = "新建"
    consequence = "生成一个初始口令，只显示一次；本人首次登录须更换。账户没有任职就没有任何权限。"

    def post(self, request, *args, **kwargs):
        """Make it and show its password."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            user, password = services.user_add(by=self.actor, **form.facts())
        except Invalid as error:
            form.errors_from(error)
            return self.show(form, 422)
        return self.show_password(user, password)

    def cancel_url(self):
        return reverse("users")


class UserPassword(OncePassword, DetailPage):
    """Give another first password: a page that says what will happen, then does it."""

    permission = MANAGE
    model = User
    title = "重置口令"
    icon = "lock"
    badge_field = ""
    template_name = "governance/accounts/reset_password.html"

    def post(self, request, *args, **kwargs):
        """Reset it and show the new one."""
        return self.show_password(self.object, services.user_reset_password(by=self.actor, user=self.object))


class UserActive(ActionView):
    """Close or open an account."""

    permission = MANAGE
    model = User
    active = True

    def run(self, action, note, version):
        """Do it."""
        return services.user_set_active(by=self.actor, user=self.object, active=self.active)

    def done_message(self, action):
        return "账户已启用。" if self.active else "账户已停用。"


class LockedList(Page):
    """Accounts that cannot sign in now."""

    title = "登录锁定"
    icon = "lock"
    permission = MANAGE
    template_name = "governance/accounts/locked_list.html"

    def get(self, request):
        """List them."""
        return self.draw({"rows": locked_accounts(), "columns": LOCK_COLUMNS})


class Unlock(ActionView):
    """Let a person in again."""

    permission = MANAGE
    model = User

    def post(self, request, *args, **kwargs):
        """Forget the failures of this account."""
        try:
            services.user_unlock(by=self.actor, user=self.object)
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, f"{self.object}：已解除锁定。")
        return redirect("locked")
