"""Users and their appointments."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.actor import Actor, Post
from governance.kernel.scope import ScopedQuerySet

from .roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES, THREE_ADMINS, UNIT_ROLES, Role


class UserQuerySet(ScopedQuerySet):
    """Accounts; everybody sees his own, the three administrators see all."""

    def with_posts(self) -> "UserQuerySet":
        """Bring the appointments in force along as ``posts_now``."""
        rows = Appointment.objects.in_force().select_related("unit", "street", "community", "department")
        return self.prefetch_related(models.Prefetch("appointments", rows, to_attr="posts_now"))

    def visible_to(self, actor: Actor) -> "UserQuerySet":
        if actor.is_system or actor.posts_in(*THREE_ADMINS):
            return self.all()
        return self.filter(pk=actor.user_id) if actor.user_id else self.none()


class PeopleManager(UserManager.from_queryset(UserQuerySet)):
    """Django's own manager of users over our queryset; migrations need none of it."""

    use_in_migrations = False


class User(AbstractUser):
    """A person who signs in. What he may do comes from his appointments, never from the account."""

    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机", max_length=20, blank=True)
    password_changed_at = models.DateTimeField("口令更换时间", default=clock.now)
    must_change_password = models.BooleanField("须更换初始口令", default=False)
    is_synthetic = models.BooleanField("演示数据", default=False)
    first_name = last_name = None

    objects = PeopleManager()

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.name or self.username

    def get_absolute_url(self) -> str:
        return reverse("user", args=[self.pk])

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class _DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class AppointmentQuerySet(ScopedQuerySet):
    """Appointments; only the security administrator and the auditor see those of others."""

    def in_force(self, day=None) -> "AppointmentQuerySet":
        day = day or clock.today()
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def visible_to(self, actor: Actor) -> "AppointmentQuerySet":
        if actor.posts_in(Role.SECURITY_ADMIN, Role.AUDITOR, Role.SYSTEM_ADMIN):
            return self.all()
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()


class Appointment(models.Model):
    """A role held at a place or in a department from one day up to (not including) another; secondments are rows too."""

    user = models.ForeignKey(User, models.CASCADE, related_name="appointments", verbose_name="人员")
    role = models.CharField("岗位", max_length=16, choices=Role)
    title = models.CharField("职务", max_length=60, blank=True)
    unit = models.ForeignKey("governance.ManagementUnit", models.PROTECT, null=True, blank=True, verbose_name="区县")
    street = models.ForeignKey(
        "governance.Division", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="街道"
    )
    community = models.ForeignKey(
        "governance.Division", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区"
    )
    department = models.ForeignKey("governance.Department", models.PROTECT, null=True, blank=True, verbose_name="部门")
    valid_from = models.DateField("起", default=clock.today)
    valid_to = models.DateField("止（不含）", null=True, blank=True)
    appointed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="任命人", db_index=False
    )
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["user", "id"]
        constraints = [
            # 三员互不兼任: the database itself refuses the second of these roles in the same time.
            ExclusionConstraint(
                name="three_administrators_are_exclusive",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.NOT_EQUAL),
                    (_DateRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(role__in=[role.value for role in THREE_ADMINS]),
            ),
            # Nobody grants himself a role, whatever the page lets through.
            models.CheckConstraint(name="nobody_appoints_himself", condition=~Q(appointed_by=F("user"))),
            models.CheckConstraint(name="unit_role_has_unit", condition=~Q(role__in=list(UNIT_ROLES)) | Q(unit__isnull=False)),
            models.CheckConstraint(name="street_role_has_street", condition=~Q(role__in=list(STREET_ROLES)) | Q(street__isnull=False)),
            models.CheckConstraint(name="community_role_has_community", condition=~Q(role__in=list(COMMUNITY_ROLES)) | Q(community__isnull=False)),
            models.CheckConstraint(name="department_role_has_department", condition=~Q(role__in=list(DEPT_ROLES)) | Q(department__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"

    def get_absolute_url(self) -> str:
        return self.user.get_absolute_url()

    @property
    def role_style(self) -> Role:
        """The role with its colour and icon."""
        return Role(self.role)

    @property
    def thread(self) -> str:
        """The account's history."""
        return f"user:{self.user_id}"

    def clean(self) -> None:
        if self.valid_to and self.valid_to <= self.valid_from:
            raise ValidationError({"valid_to": "止期必须晚于起期。"})

    @property
    def place(self) -> str:
        """Where the role is held, as words."""
        return str(self.department or self.community or self.street or self.unit or "全市")

    def post(self) -> Post:
        return Post(
            role=self.role, unit_id=self.unit_id, street_id=self.street_id, community_id=self.community_id,
            department_id=self.department_id, title=self.title,
        )  # fmt: skip


class ApiToken(models.Model):
    """The token with which an account uses the API; one per account, stored hashed."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="api_token")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"


class SetupCode(models.Model):
    """The one-time code that lets the first person of an empty portal make the first accounts; stored hashed."""

    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "开通码"

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
