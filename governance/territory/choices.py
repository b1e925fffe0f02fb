"""The words of the territory: levels, kinds of places and trades of departments."""

from governance.kernel.ui.choices import StyledChoices


class Level(StyledChoices):
    """Level of a division; the grid below a community is a table of its own."""

    CITY = "city", "市"
    COUNTY = "county", "区县"
    TOWN = "town", "街道乡镇"
    COMMUNITY = "community", "社区村"


class TownType(StyledChoices):
    """Kinds of township-level divisions, told by digits 7-9 of the code (GB/T 10114)."""

    STREET = "street", "街道"
    TOWN = "town", "镇"
    TOWNSHIP = "township", "乡"
    OTHER = "other_town", "类似乡级"


class VillageType(StyledChoices):
    """Kinds of community-level divisions, told by digits 10-12 of the code."""

    RESIDENTS = "residents", "居委会"
    VILLAGERS = "villagers", "村委会"
    LIKE_RESIDENTS = "like_residents", "类似居委会"
    LIKE_VILLAGERS = "like_villagers", "类似村委会"


class UnitKind(StyledChoices):
    """Kinds of management units: ten are statutory, functional zones run entrusted streets."""

    DISTRICT = "district", "区"
    COUNTY = "county", "县"
    COUNTY_CITY = "county_city", "县级市"
    FUNCTIONAL_ZONE = "functional_zone", "功能区", "accent"


class DepartmentLevel(StyledChoices):
    """Where a department stands in its trade's own line (条): city, management unit, station in a street."""

    CITY = "city", "市级部门"
    UNIT = "unit", "区县部门"
    STATION = "station", "派出机构", "accent"


class Trade(StyledChoices):
    """What a department does; a station, its district department and the city department share the trade."""

    URBAN = "urban", "城市管理"
    HOUSING = "housing", "住房建设"
    POLICE = "police", "公安"
    MARKET = "market", "市场监管"
    LAND = "land", "自然资源"
    ECOLOGY = "ecology", "生态环境"
    TRANSPORT = "transport", "交通运输"
    WATER = "water", "水务"
    EMERGENCY = "emergency", "应急管理"
    FIRE = "fire", "消防救援"
    CIVIL = "civil", "民政"
    LABOUR = "labour", "人力资源和社会保障"
    HEALTH = "health", "卫生健康"
    EDUCATION = "education", "教育"
    CULTURE = "culture", "文化旅游"
    JUSTICE = "justice", "司法"
    AGRICULTURE = "agriculture", "农业农村"
    TAX = "tax", "税务"
    OTHER = "other", "其他"


class GridKind(StyledChoices):
    """Base grids cover the community; special ones are a school, hospital, park or business area."""

    BASE = "base", "基础网格"
    SPECIAL = "special", "专属网格", "info"
