"""Blowing and editing drafts."""

from django.http import Http404

from governance.accounts.roles import STREET_ROLES
from governance.kernel.cached import cached_for
from governance.kernel.files import file_store
from governance.kernel.idempotency import IdempotencyKey
from governance.kernel.transactions import together
from governance.kernel.ui.views import FormPage
from governance.territory.models import Division

from .. import services
from ..forms.whistle import WhistleForm, whistle_initial
from ..models import Whistle
from ..selectors.whistles import scene_limits, whistles_alike
from .conflicts import NewestVersion

DRAFT, SUBMIT, ANYWAY = "draft", "submit", "anyway"


@cached_for(5)
def _street(key: int) -> Division:
    """A street with its unit, as young as the rules are."""
    return Division.objects.select_related("unit").get(pk=key)


class BlowPage(FormPage):
    """/whistles/blow/: one form, two ways out (draft or submit), and a look at open whistles on the same matter."""

    title, icon = "吹哨", "whistle"
    subtitle = "街道解决不了、需要部门到场的事；提交后由街道主要负责人审核。"
    permission = "whistle.blow"
    template_name = "governance/whistles/blow.html"
    form_class = WhistleForm
    draft = "whistle-blow"
    alike: list = []
    sent = None

    @property
    def wanted(self) -> str:
        """Which button was pressed."""
        return self.request.POST.get("do", SUBMIT)

    def street(self) -> Division:
        """The actor's own street; of several the one that ``?street=`` names, 404 when it is not his."""
        own = self.own_streets()
        wanted = self.request.GET.get("street")
        chosen = next((street for street in own if street.code12 == wanted), None) if wanted else own[0]
        if chosen is None:
            raise Http404
        return chosen

    def own_streets(self) -> list[Division]:
        """The streets of the actor's posts, each once; the first post's first."""
        return [_street(key) for key in dict.fromkeys(post.street_id for post in self.actor.posts_in(*STREET_ROLES))]

    def form_kwargs(self) -> dict:
        """The street that narrows all choices."""
        return {"street": self.street(), "draft": self.wanted == DRAFT and self.request.method == "POST"}

    def form(self, data=None, files=None):
        """What was sent is filled in and checked once, however often it is asked for."""
        if data is None:
            return super().form()
        if self.sent is None:
            self.sent = super().form(data, files)
        return self.sent

    def post(self, request, *args, **kwargs):
        """Before a whistle goes out, show the open ones that look the same; once more sends it."""
        if self.wanted == SUBMIT:
            form = self.form(request.POST, self.files)
            if form.is_valid() and not self.is_repeat(form) and (alike := self.look_alikes(form)):
                self.alike = alike
                return self.show(form)
        return super().post(request, *args, **kwargs)

    def is_repeat(self, form) -> bool:
        """Whether this very form was sent before: then its own whistle is not another one."""
        return IdempotencyKey.objects.filter(endpoint=self.request.path[-80:], key=form.key).exists()

    def look_alikes(self, form) -> list[Whistle]:
        """Open whistles of the same street, category and community."""
        data, known = form.cleaned_data, self.object
        found = whistles_alike(
            street_id=form.street.pk, category_id=data["category"].pk, besides=known.pk if known else None,
            community_id=data["community"].pk if data.get("community") else None,
        )  # fmt: skip
        return list(found)

    @together()
    def run(self, form) -> Whistle:
        """Store the whistle and its files together."""
        whistle = self.write(form)
        for name, content in form.uploads():
            file_store(subject=whistle, thread=whistle.thread, name=name, content=content, by=self.actor)
        return whistle

    def write(self, form) -> Whistle:
        """A new whistle."""
        return services.whistle_blow(
            by=self.actor, street=form.street, content=form.whistle_input(), draft=self.wanted == DRAFT
        )

    @property
    def success_message(self) -> str:
        """What was done."""
        return "草稿已保存，可随时继续填写。" if self.wanted == DRAFT else "哨单已提交，等待街道主要负责人审核。"

    def cancel_url(self) -> str:
        """The whistle, or the list."""
        return self.object.get_absolute_url() if self.object else "../"

    def extra_context(self) -> dict:
        """The limits of each scene with their rules, and the look-alikes."""
        return super().extra_context() | {
            "limits": scene_limits(), "alike": self.alike, "chosen_street": self.street(), "own_streets": self.own_streets(),
        }  # fmt: skip


class EditPage(NewestVersion, BlowPage):
    """/whistles/<pk>/edit/: a draft, or one that was returned."""

    title, icon = "修改哨单", "edit"
    subtitle = ""
    permission = ""
    model = Whistle
    object_permission = "whistle.edit"

    @property
    def draft(self) -> str:
        """Where the browser keeps what was typed."""
        return f"whistle-{self.object.pk}-{self.object.version}"

    def own_streets(self) -> list[Division]:
        """No choice: a whistle stays in its street."""
        return []

    def street(self) -> Division:
        """The whistle's street, which the permission has made sure is the actor's own."""
        return _street(self.object.street_id)

    def initial(self) -> dict:
        """What stands there."""
        return whistle_initial(self.object)

    def write(self, form) -> Whistle:
        """Change the draft, and submit it unless it stays one."""
        whistle = services.whistle_edit(
            whistle=self.object, by=self.actor, content=form.whistle_input(), version=form.version
        )
        return whistle if self.wanted == DRAFT else services.whistle_submit(whistle=whistle, by=self.actor)
