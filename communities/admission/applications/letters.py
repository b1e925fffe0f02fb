"""Mails about an application: to the department that applied, never to a community."""

from django.conf import settings

from governance.kernel.outbox import mail_enqueue

from ..models import AdmissionApplication


def tell(application: AdmissionApplication, headline: str, words: str) -> None:
    """One mail in the caller's transaction; a department without an address sees it on its desk."""
    department = application.department
    if not department.email:
        return
    address = f"{settings.BASE_URL}{application.get_absolute_url()}"
    mark = "（演示数据）" if application.is_synthetic else ""
    lines = [f"{department.name}：", "", f"准入申请 {application.number}“{application.name}”{headline}{mark}。", words]
    mail_enqueue(
        key=f"application:{application.pk}:{application.version}:{headline}", thread=f"admissionapplication:{application.pk}",
        to_address=department.email, to_name=department.short_name, subject=f"准入申请{headline}：{application.name}",
        text="\n".join([*lines, "", f"查看：{address}"]), digestible=True,
    )  # fmt: skip
