"""The ten towns and subdistricts with the villages that the documents name.

Codes and names of towns are those of the national list of divisions, whose two industrial areas no document mentions.
"""

from typing import NamedTuple


class Town(NamedTuple):
    """A town or subdistrict of the national list of divisions, and how many grids the demo begins with there."""

    code: str
    id: str
    zh: str
    en: str
    grids: int
    urban: bool


TOWNS = (
    Town("331004001", "lunan", "路南街道", "Lunan Subdistrict", 60, True),
    Town("331004002", "luqiao", "路桥街道", "Luqiao Subdistrict", 75, True),
    Town("331004003", "lubei", "路北街道", "Lubei Subdistrict", 68, True),
    Town("331004004", "luoyang", "螺洋街道", "Luoyang Subdistrict", 45, False),
    Town("331004005", "tongyu", "桐屿街道", "Tongyu Subdistrict", 50, False),
    Town("331004006", "fengjiang", "峰江街道", "Fengjiang Subdistrict", 55, False),
    Town("331004103", "xinqiao", "新桥镇", "Xinqiao Town", 50, False),
    Town("331004104", "hengjie", "横街镇", "Hengjie Town", 45, False),
    Town("331004106", "jinqing", "金清镇", "Jinqing Town", 85, False),
    Town("331004107", "pengjie", "蓬街镇", "Pengjie Town", 70, False),
)
NAMED = {  # villages that the documents name: town → (name, grids, line)
    "xinqiao": [("新桥居", "Xinqiao", 2, 225), ("东蓬林村", "Dongpenglin", 1, 365)],
    "hengjie": [("山后潘村", "Shanhoupan", 2, 329), ("马院村", "Mayuan", 2, 353)],
    "jinqing": [("勤劳村", "Qinlao", 1, 355)],
}
COUNTED = {"新桥居第1网格": (450, "", 225), "马院村第1网格": ("", 600, 353)}
"""Grids of which a document says the households or, about, the people; and in which line. What it leaves out is left
out here (of the first it says: more than 2,000 people)."""
