"""The choices of the lab: where a data set stands, the shape of its file, how a column was treated."""

from governance.kernel.ui.choices import StyledChoices


class DatasetStatus(StyledChoices):
    """A cut is composed, published frozen, and perhaps taken back."""

    DRAFT = "draft", "草稿", "muted", "edit"
    PUBLISHED = "published", "已发布", "success", "check"
    WITHDRAWN = "withdrawn", "已撤回", "warning", "reply"


class Shape(StyledChoices):
    """What a line of the file is."""

    RECORDS = "records", "逐条记录（一行一件）"
    COUNTS = "counts", "分组计数（一行一组）"


class Treatment(StyledChoices):
    """What was done to a column of the portal before it left."""

    KEPT = "kept", "原样", "neutral", "check"
    GENERALISED = "generalised", "概化", "info", "filter"
    SUPPRESSED = "suppressed", "整行隐去", "warning", "eye"
    DROPPED = "dropped", "剔除", "muted", "info"


class FileKind(StyledChoices):
    """The formats of a download."""

    CSV = "csv", "CSV（压缩包）"
    PARQUET = "parquet", "Parquet"
