"""``manage.py audit_pack_verify FILE``: whether an audit pack is what was exported."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from funding.reports.pack.manifest import check
from governance.kernel.audit import AuditSeal


class Command(BaseCommand):
    """Compares every file with the manifest, and the manifest's chain head with the audit chain here."""

    help = "核对审计底稿：逐个文件比对清单（大小、SHA-256、SM3），并与本库审计链比对。"

    def add_arguments(self, parser):
        """The file, and whether there is a database to compare with."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--offline", action="store_true", help="只核对文件，不连数据库")

    def handle(self, *args, file: Path, offline: bool, **options):
        """Say what is wrong, or that nothing is."""
        try:
            with file.open("rb") as opened:
                verdict = check(opened)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        problems = [*verdict.problems, *([] if offline else self.chain(verdict.manifest.get("chain_head")))]
        self.stdout.write(f"范围：{verdict.manifest.get('scope')}")
        self.stdout.write(f"导出：{verdict.manifest.get('made_at')} {verdict.manifest.get('made_by')}")
        self.stdout.write(f"清单 SM3：{verdict.digest}")
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(self.style.SUCCESS(f"{verdict.files} 个文件与清单一致。"))

    @staticmethod
    def chain(head) -> list[str]:
        """The chain here must contain the head that the pack names."""
        if not head:
            return []
        kept = AuditSeal.objects.filter(sequence=head.get("sequence")).values_list("hash", flat=True).first()
        return [] if kept == head.get("hash") else [f"审计链上没有清单所载的序号 {head.get('sequence')}，或散列不符"]
