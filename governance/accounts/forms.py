"""Forms of sign-in, passwords, accounts and appointments."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError

from governance.kernel import clock
from governance.kernel.ui.forms import PortalForm, PortalFormMixin

from .models import User
from .roles import Role
from .selectors import PLACES_SHOWN, places_for


def date_input() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def username_field(**kwargs) -> forms.CharField:
    """A sign-in name: letters, digits and . @ + - _ only."""
    return forms.CharField(
        label=kwargs.pop("label", "用户名"), max_length=150, min_length=3, validators=[ASCIIUsernameValidator()],
        help_text="字母、数字和 . @ + - _，至少 3 位。", **kwargs,
    )  # fmt: skip


class SignInForm(PortalFormMixin, AuthenticationForm):
    """Name and password; one message for every failure, so that nobody learns which names exist."""

    error_messages = {
        "invalid_login": "用户名或口令不对，或账户不可用。连续 5 次失败将锁定 15 分钟。",
        "inactive": "用户名或口令不对，或账户不可用。连续 5 次失败将锁定 15 分钟。",
    }

    def __init__(self, *args, **kwargs):
        """Chinese labels; what a password manager needs."""
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["username"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["password"].label = "口令"


class NewPasswordForm(PortalForm):
    """The present password and the new one twice."""

    old_password = forms.CharField(
        label="现在的口令", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new_password1 = forms.CharField(
        label="新口令", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="至少 12 位，不能全是数字，不能是常见口令，不能与用户名或姓名相近。",
    )  # fmt: skip
    new_password2 = forms.CharField(
        label="再输入一次", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args, user: User, **kwargs):
        """Whose password."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["old_password"]):
            raise ValidationError("现在的口令不对。")
        return self.cleaned_data["old_password"]

    def clean(self):
        data = super().clean()
        first, second = data.get("new_password1"), data.get("new_password2")
        if first and second and first != second:
            self.add_error("new_password2", "两次输入的新口令不一样。")
        elif first:
            try:
                validate_password(first, self.user)
            except ValidationError as error:
                self.add_error("new_password1", error)
        return data


class UserForm(PortalForm):
    """A new account."""

    username = username_field()
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="手机", max_length=20, required=False)


class RoleForm(forms.Form):
    """First step of an appointment (GET): the post, and words of the place where it is held."""

    role = forms.ChoiceField(label="岗位", choices=Role.choices)
    q = forms.CharField(
        label="任职地点或部门（名称或代码）", required=False, max_length=40,
        help_text="街道、社区（村）、区县或部门的名称；市级与三员岗位不用填。",
    )  # fmt: skip


class AppointmentForm(PortalForm):
    """Second step: the place among those found, the title and the days."""

    place = forms.ModelChoiceField(label="任职地点或部门", queryset=None, empty_label=None, widget=forms.RadioSelect)
    title = forms.CharField(label="职务", max_length=60, required=False, help_text="如“党工委书记”“承办人”。")
    valid_from = forms.DateField(label="起", initial=clock.today, widget=date_input())
    valid_to = forms.DateField(
        label="止（当天起不再任职）", required=False, widget=date_input(), help_text="留空为长期。"
    )

    def __init__(self, *args, role: str, words: str = "", **kwargs):
        """The choices are those found; whatever place of the role is sent is accepted."""
        super().__init__(*args, **kwargs)
        self.places = places_for(role, words)
        if self.places is None:
            del self.fields["place"]
            return
        field = self.fields["place"]
        field.queryset = places_for(role)
        shown = list(self.places[: PLACES_SHOWN + 1])
        self.found = len(shown)
        field.choices = [(place.pk, place_label(place)) for place in shown[:PLACES_SHOWN]]


def place_label(place) -> str:
    """A place with what it belongs to, so that two 中心社区 can be told apart."""
    above = getattr(place, "street", None) or getattr(place, "unit", None)
    code = getattr(place, "code12", "") or getattr(place, "code", "")
    return f"{place}（{above}，{code}）" if above else f"{place}（{code}）"


class EndForm(PortalForm):
    """The first day without the post."""

    on = forms.DateField(label="从哪天起不再任职", initial=clock.today, widget=date_input())


def password_field(label: str) -> forms.CharField:
    """A new password."""
    return forms.CharField(
        label=label, strip=False, max_length=128, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )


class SetUpForm(PortalForm):
    """The code and the first two people."""

    code = forms.CharField(
        label="开通码", max_length=40, help_text="启动时在终端显示；也可运行 manage.py setup_code 重新生成。"
    )
    security_username = username_field(label="安全保密员 · 用户名")
    security_name = forms.CharField(label="安全保密员 · 姓名", max_length=40, help_text="建立用户、任职，解除锁定。")
    security_password = password_field("安全保密员 · 口令")
    system_username = username_field(label="系统管理员 · 用户名")
    system_name = forms.CharField(
        label="系统管理员 · 姓名", max_length=40, help_text="导入部门和节假日，看运行状态。必须是另一个人。"
    )
    system_password = password_field("系统管理员 · 口令")

    def _checked(self, who: str) -> str:
        password = self.cleaned_data[f"{who}_password"]
        name = {
            "username": self.cleaned_data.get(f"{who}_username", ""),
            "name": self.cleaned_data.get(f"{who}_name", ""),
        }
        validate_password(password, User(**name))
        return password

    def clean_security_password(self) -> str:
        return self._checked("security")

    def clean_system_password(self) -> str:
        return self._checked("system")
