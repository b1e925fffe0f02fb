"""The pages of single ratings: what the actor may see, appeals, and the rulings that take a term out of a score."""

from django.urls import reverse

from governance.accounts.roles import DEPT_ROLES
from governance.kernel.permission import require
from governance.kernel.policy import policy, rule_for
from governance.kernel.ui.formats import datetime_cn
from governance.kernel.ui.views import DetailPage, FormPage, ListPage

from ..models import Card, Rating, RatingAppeal, Ticket
from ..rules import period_label
from ..selectors.ratings import appeal_until, may_appeal, sealed_count
from ..services.appeals import appeal_refuse, appeal_uphold, card_revoke, rating_appeal, ticket_excuse
from ..states import RequestState
from . import columns
from .filters import AppealFilter, RatingFilter
from .forms import AppealForm, ExcuseForm, NoteForm, RulingForm
from .views import rule_links


class RatingListPage(ListPage):
    """/ratings/: the single ratings that the actor may see; of the others only how many."""

    title, icon = "一哨一评", "star"
    subtitle = "一件一评；街道看自己的评价，其他人在季度开启后才能看到单条评价。"
    permission = "score.view"
    template_name = "governance/scoring/ratings.html"
    columns, filterset_class = columns.RATING_COLUMNS, RatingFilter
    empty_title = "还没有可以查看的评价"
    empty_text = "季度结束并聚合后开启；部门还须同一街道的评价达到最小样本。"

    def get_queryset(self):
        """Ratings with what the columns show."""
        return Rating.objects.select_related("ticket__whistle", "department", "street")

    def extra_context(self) -> dict:
        """How many are sealed, and the rules of protection."""
        least = rule_for("rating.min_sample").value
        return {
            "sealed": sealed_count(self.actor), "least": least,
            "rules": rule_links(("rating.min_sample", "rating.appeal_days", "rating.star_points")),
        }  # fmt: skip


class RatingPage(DetailPage):
    """/ratings/<pk>/: one rating, its appeal, and what can be done about it."""

    model, icon, badge_field = Rating, "star", ""
    permission = "score.view"
    template_name = "governance/scoring/rating.html"

    def get_queryset(self):
        return Rating.objects.select_related("ticket__whistle", "department", "street")

    def head(self) -> dict:
        return {**super().head(), "title": f"{self.object.department} {self.object.ticket.whistle.number} 的评价"}

    def crumbs(self) -> list:
        return [("一哨一评", reverse("ratings")), (self.object.ticket.whistle.number, "")]

    def facts(self) -> list:
        """Who rated whom; the rater's name is the street's own business."""
        rating = self.object
        told = not self.actor.posts_in(*DEPT_ROLES)
        return [
            ("工单", rating.ticket.whistle.title, rating.ticket.get_absolute_url()),
            ("部门", rating.department), ("街道", rating.street), ("季度", period_label(rating.quarter)),
            ("评价时间", datetime_cn(rating.created_at)), *([("评价人", rating.rated_by)] if told else []),
        ]  # fmt: skip

    def moves(self) -> list:
        """Appeal, or rule on the appeal."""
        rating, appeal = self.object, getattr(self.object, "appeal", None)
        if may_appeal(rating, self.actor):
            until = datetime_cn(appeal_until(rating))
            return [{
                "name": "appeal", "label": "申诉", "icon": "scale", "tone": "neutral", "link": True,
                "url": reverse("rating-appeal", args=[rating.pk]), "hint": f"可在 {until} 前申诉一次。",
            }]  # fmt: skip
        if appeal and appeal.state == RequestState.REQUESTED and self.may("rating.rule_appeal", rating.ticket):
            return [{
                "name": "rule", "label": "裁决申诉", "icon": "gavel", "link": True,
                "url": reverse("rating-appeal-rule", args=[appeal.pk]), "hint": "申诉成立的，评价不计分。",
            }]  # fmt: skip
        return []

    def extra_context(self) -> dict:
        """The mean points and the appeal."""
        return {
            "rating": self.object, "appeal": getattr(self.object, "appeal", None),
            "points": columns.mean_points(self.object, policy("rating.star_points")),
            "rules": rule_links(("rating.star_points", "rating.satisfied_points", "rating.appeal_days")),
        }  # fmt: skip


class AppealListPage(ListPage):
    """/ratings/appeals/: appeals that the actor may see."""

    title, icon = "评价申诉", "scale"
    permission = "score.view"
    columns, filterset_class = columns.APPEAL_COLUMNS, AppealFilter
    empty_title = "没有评价申诉"

    def get_queryset(self):
        return RatingAppeal.objects.select_related("ticket__whistle", "rating__department", "rating__street")


class AppealPage(FormPage):
    """/ratings/<pk>/appeal/: the department appeals."""

    model, form_class = Rating, AppealForm
    title, icon = "申诉评价", "scale"
    permission = "rating.appeal"
    submit_label, success_message = "提交申诉", "申诉已提交，等待区级裁决组裁决。"
    consequence = "每条评价只能申诉一次。申诉成立的，评价不计分；街道的评价原文不改。"

    def get_queryset(self):
        return Rating.objects.select_related("ticket__whistle")

    def check_permission(self) -> None:
        """The permission is asked for the rating's ticket."""
        super().check_permission()
        require(self.actor, "rating.appeal", self.object.ticket)

    def run(self, form):
        return rating_appeal(rating=self.object, by=self.actor, **form.facts())


class AppealRulingPage(FormPage):
    """/ratings/appeals/<pk>/rule/: the ruling group decides."""

    model, form_class = RatingAppeal, RulingForm
    title, icon = "裁决评价申诉", "gavel"
    permission = "rating.rule_appeal"
    template_name = "governance/scoring/ruling.html"
    submit_label, success_message = "作出裁决", "裁决已作出。"
    consequence = "裁决一次即终；申诉成立的，部门计分在几分钟内重算。"

    def get_queryset(self):
        return RatingAppeal.objects.select_related("ticket__whistle", "rating")

    def check_permission(self) -> None:
        super().check_permission()
        require(self.actor, "rating.rule_appeal", self.object.ticket)

    def run(self, form):
        rule = appeal_uphold if form.cleaned_data["decision"] == "uphold" else appeal_refuse
        return rule(appeal=self.object, by=self.actor, note=form.cleaned_data["note"])

    def extra_context(self) -> dict:
        return {"appeal": self.object, "rating": self.object.rating}


class CardRevokePage(FormPage):
    """/cards/<pk>/revoke/: the ruling group takes a card back."""

    model, form_class = Card, NoteForm
    title, icon = "撤销督办牌", "card"
    permission = "card.revoke"
    submit_label, success_message = "撤销", "督办牌已撤销，不再扣分。"
    consequence = "撤销后不能恢复；部门计分在几分钟内重算，部门会看到理由。"

    def get_queryset(self):
        return Card.objects.select_related("ticket__whistle")

    def check_permission(self) -> None:
        super().check_permission()
        require(self.actor, "card.revoke", self.object.ticket)

    def cancel_url(self) -> str:
        return self.object.ticket.get_absolute_url()

    def run(self, form):
        return card_revoke(card=self.object, by=self.actor, **form.facts())

    def success_url(self, result) -> str:
        return result.ticket.get_absolute_url()


class ExcusePage(FormPage):
    """/scores/excuse/<ticket>/: the ruling group finds no fault, or force majeure."""

    model, form_class = Ticket, ExcuseForm
    title, icon = "认定不计分", "scale"
    permission = object_permission = "score.excuse"
    submit_label, success_message = "认定", "已认定，这件工单不再计分。"
    consequence = "工单照常办理，但不计入任何一率和红牌扣分。"

    def run(self, form):
        return ticket_excuse(ticket=self.object, by=self.actor, **form.facts())
