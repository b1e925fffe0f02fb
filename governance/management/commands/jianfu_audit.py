"""``manage.py jianfu_audit``: does the portal keep the red lines for itself? Exit code 1 when not."""

from django.core.management.base import BaseCommand, CommandError

from governance.redlines import audit


class Command(BaseCommand):
    """Print every place where a red line is crossed."""

    help = "Check the portal itself against the red lines (domain-rules 13.3)."

    def handle(self, *args, **options):
        """Run the audit."""
        if found := audit():
            raise CommandError("\n".join(str(breach) for breach in found))
        self.stdout.write(self.style.SUCCESS("红线自检通过：没有打卡、积分、排名、在线时长、必填照片和超长表单。"))
