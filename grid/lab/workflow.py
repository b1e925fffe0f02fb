"""The transition table of an open data set. Every cell is tested."""

from governance.kernel.workflow import Flow, Transition

from . import guards
from .states import DatasetStatus as S

DATASET_FLOW = Flow(
    S,
    initial=[S.DRAFT],
    transitions=[
        Transition("publish", "发布", (S.DRAFT,), S.PUBLISHED, "open_data.publish", (guards.passes_the_check,),
                   hint="再检核一次后生成文件，任何人可以下载；发布后不能改动。", icon="eye"),
        Transition("withdraw", "撤回", (S.PUBLISHED,), S.WITHDRAWN, "open_data.withdraw", needs_note=True,
                   hint="公开页只留撤回说明，不再提供下载；已经下载的收不回来。", tone="neutral", icon="reply"),
    ],
)  # fmt: skip
