"""The 22 town-level units: code, names, supervision area, and how many cells of each kind the demo gives them.

Codes and names are those of the national list of divisions; which unit belongs to which supervision area is a reading
of the document (settlement `supervision_areas`). Totals are the document's (188, 469, 77), the shares are demo.
"""

from __future__ import annotations

from typing import NamedTuple


class Town(NamedTuple):
    """A town-level unit; `near` is where it roughly lies (longitude, latitude)."""

    code: str
    id: str
    zh: str
    en: str
    kind: str
    near: tuple[float, float]
    communities: int
    villages: int
    parks: int

    @property
    def cells(self) -> int:
        return self.communities + self.villages + self.parks

    @property
    def has_rural_cells(self) -> bool:
        """Whether some of its cells are run in the rural mode (`mode_of`)."""
        return self.kind == "southern_town" or (self.kind == "northern_unit" and self.villages > 0)


TOWNS = (
    Town("110115001", "xingfeng", "兴丰街道", "Xingfeng Subdistrict", "new_town", (116.345, 39.730), 22, 0, 1),
    Town("110115002", "linxiaolu", "林校路街道", "Linxiaolu Subdistrict", "new_town", (116.335, 39.715), 18, 4, 2),
    Town("110115003", "qingyuan", "清源街道", "Qingyuan Subdistrict", "new_town", (116.325, 39.745), 22, 0, 2),
    Town("110115004", "yizhuang", "亦庄地区", "Yizhuang Area", "northern_unit", (116.490, 39.795), 10, 14, 6),
    Town("110115005", "huangcun", "黄村地区", "Huangcun Area", "northern_unit", (116.310, 39.710), 12, 38, 6),
    Town("110115006", "jiugong", "旧宫地区", "Jiugong Area", "northern_unit", (116.445, 39.810), 20, 14, 5),
    Town("110115007", "xihongmen", "西红门地区", "Xihongmen Area", "northern_unit", (116.345, 39.790), 14, 27, 6),
    Town("110115008", "yinghai", "瀛海地区", "Yinghai Area", "northern_unit", (116.440, 39.755), 6, 24, 5),
    Town("110115009", "guanyinsi", "观音寺街道", "Guanyinsi Subdistrict", "new_town", (116.320, 39.730), 17, 6, 2),
    Town(
        "110115010", "tiangongyuan", "天宫院街道", "Tiangongyuan Subdistrict", "new_town", (116.318, 39.69), 12, 10, 3
    ),
    Town("110115011", "gaomidian", "高米店街道", "Gaomidian Subdistrict", "new_town", (116.330, 39.765), 17, 2, 2),
    Town("110115012", "ronghua", "荣华街道", "Ronghua Subdistrict", "northern_unit", (116.505, 39.785), 8, 0, 7),
    Town("110115013", "boxing", "博兴街道", "Boxing Subdistrict", "northern_unit", (116.520, 39.755), 4, 0, 6),
    Town("110115103", "qingyundian", "青云店镇", "Qingyundian Town", "southern_town", (116.500, 39.685), 1, 45, 3),
    Town("110115104", "caiyu", "采育镇", "Caiyu Town", "southern_town", (116.650, 39.665), 1, 48, 4),
    Town("110115105", "anding", "安定镇", "Anding Town", "southern_town", (116.495, 39.620), 0, 33, 2),
    Town("110115106", "lixian", "礼贤镇", "Lixian Town", "southern_town", (116.440, 39.540), 0, 38, 2),
    Town("110115107", "yufa", "榆垡镇", "Yufa Town", "southern_town", (116.320, 39.520), 1, 46, 3),
    Town("110115108", "pangezhuang", "庞各庄镇", "Pangezhuang Town", "southern_town", (116.320, 39.630), 1, 42, 3),
    Town("110115109", "beizangcun", "北臧村镇", "Beizangcun Town", "southern_town", (116.285, 39.690), 0, 16, 2),
    Town("110115110", "weishanzhuang", "魏善庄镇", "Weishanzhuang Town", "southern_town", (116.410, 39.650), 1, 31, 3),
    Town("110115111", "zhangziying", "长子营镇", "Zhangziying Town", "southern_town", (116.590, 39.670), 1, 31, 2),
)


def mode_of(town: Town, kind: str) -> str:
    """The mode that a cell is run in: urban in the new town, rural in the south, by its kind in between."""
    if town.kind == "new_town":
        return "urban"
    return "rural" if town.kind == "southern_town" or kind == "village" else "urban"
