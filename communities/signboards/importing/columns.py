"""The columns of the survey sheet, with what is checked in the cell itself."""

import re

from governance.kernel.sheets import SheetColumn

from ..states import Material, Position, SignboardStatus

LONGEST_CM = 1000
STATES = (SignboardStatus.REGISTERED, SignboardStatus.TO_CLEAR, SignboardStatus.DOUBTFUL)


def _labels(choices) -> dict[str, str]:
    return {choice.label: choice.value for choice in choices}


def _centimetres(value: int) -> str:
    return "" if 1 <= value <= LONGEST_CM else f"应在 1 至 {LONGEST_CM} 厘米之间"


def _community(code: str) -> str:
    return "" if re.fullmatch(r"[0-9]{12}", code, re.ASCII) else "应为 12 位数字的社区（村）代码"


def _item(code: str) -> str:
    return "" if re.fullmatch(r"SQ-[UR]-[0-9]{4}-[0-9]{3,4}", code) else "准入号形如 SQ-U-2026-001"


COLUMNS = (
    SheetColumn("community_code", "社区代码", "code", True, 12, check=_community, help="12 位", sample="210202008001"),
    SheetColumn("name", "牌子名称", required=True, max_length=60, sample="新时代文明实践站"),
    SheetColumn("department_code", "责任部门代码", "code", True, 24, sample="210202-MZJ"),
    SheetColumn("entry_name", "名录条目", max_length=60, help="名录中的牌子名称；不在名录内的留空", sample="新时代文明实践站"),
    SheetColumn("item_code", "准入号", "code", max_length=20, check=_item, help="名录外的牌子须有有效的挂牌准入号"),
    SheetColumn("length_cm", "长（厘米）", "whole", True, check=_centimetres, sample="200"),
    SheetColumn("width_cm", "宽（厘米）", "whole", True, check=_centimetres, sample="35"),
    SheetColumn("material", "材质", "choice", True, choices=_labels(Material), sample="金属"),
    SheetColumn("position", "位置", "choice", True, choices=_labels(Position), sample="大厅内"),
    SheetColumn("first_hung_on", "首次挂牌日", "date", help="不详可留空", sample="2021-05-01"),
    SheetColumn("status", "状态", "choice", choices=_labels(STATES), help="留空：有依据的在册，没有的登记为违规"),
)  # fmt: skip
