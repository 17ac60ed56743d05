"""Writes cells.csv, cells.geojson and categories.csv of the demo, the same bytes at every run.

The seed gives 35 large grids (line 137), not where they lie nor how many small ones each has: outlines, households and
the three small grids of each are `demo`. Run it beside the manifest: `python manifests/xinfeng/generate.py`.
"""

import csv
import json
import random
from pathlib import Path

HERE = Path(__file__).parent
WEST, SOUTH, WIDTH, HEIGHT = 114.900, 25.370, 0.0084, 0.0056  # of one large grid, in degrees
ROWS, COLUMNS, PARTS = 5, 7, 3
LINE, SAID = "seed:S3:143", "seed:S3:141"
CLASSES = (
    ("01", "市容秩序", "street order", "", ""),
    ("0101", "占道经营", "trading on the pavement", "09006", LINE),
    ("0102", "店外店", "shop beyond its door", "09005", LINE),
    ("0103", "流动摊点", "mobile stall", "09001", LINE),
    ("0104", "摩托车乱停放", "motorcycle parked in the way", "09009", LINE),
    ("02", "乱搭乱建与占地", "sheds and plots", "", ""),
    ("0201", "违章乱搭乱建棚亭", "unlawful shed", "06001", LINE),
    ("0202", "占开垦菜地", "vegetable plot on public land", "06045", LINE),
    ("03", "广告", "advertisements", "", ""),
    ("0301", "沿街散发小广告", "leaflets handed out", "07002", LINE),
    ("0302", "不规范、破旧广告牌、灯箱及店招", "irregular or worn sign", "07006", LINE),
    ("0303", "“牛皮癣”小广告", "stuck advertisement", "07001", LINE),
    ("0304", "需粉刷覆盖的立面", "wall to paint over", "", LINE),
    ("0305", "需清洗的立面和地面", "surface to wash", "", LINE),
    ("04", "餐饮", "restaurants", "", ""),
    ("0401", "需查封的餐饮店", "restaurant to seal", "", LINE),
    ("0402", "直排灶具", "stove with a direct outlet", "", LINE),
    ("05", "环境卫生与工地", "cleanliness and building sites", "", ""),
    ("0501", "暴露垃圾", "exposed rubbish", "06010", SAID),
    ("0502", "乱堆乱放", "things heaped about", "06036", SAID),
    ("0503", "工地带泥上路", "mud carried onto the road", "08012", "seed:S3:135"),
    ("0504", "工地停工整治", "building site to stop and put right", "", "seed:S3:135"),
    ("06", "服务", "service", "", ""),
    ("0601", "群众求助", "a resident seeks help", "", "demo"),
)
"""Code, names, code of the standard and origin; majors are ours (`demo`), to keep the list in order."""


def ring(west: float, south: float, width: float, height: float) -> dict[str, object]:
    corners = [(west, south), (west + width, south), (west + width, south + height), (west, south + height)]
    points = [[round(x, 6), round(y, 6)] for x, y in [*corners, corners[0]]]
    return {"type": "Polygon", "coordinates": [points]}


def write_table(name: str, header: str, rows: list[list[object]]) -> None:
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header.split(","))
        table.writerows(rows)


def main() -> None:
    chance = random.Random(35)
    cells: list[list[object]] = [["XF", "town", "", "信丰县城区", "Xinfeng county town", "", "seed:S3:137"]]
    features = [("XF", ring(WEST, SOUTH, WIDTH * COLUMNS, HEIGHT * ROWS))]
    small: list[list[object]] = []
    for number in range(ROWS * COLUMNS):
        row, column = divmod(number, COLUMNS)
        code = f"XF-{number + 1:02d}"
        west, south = WEST + column * WIDTH, SOUTH + row * HEIGHT
        zh, en = f"第{number + 1}大网格", f"large grid {number + 1}"
        cells.append([code, "large_grid", "XF", zh, en, "", "seed:S3:137"])
        features.append((code, ring(west, south, WIDTH, HEIGHT)))
        for part in range(PARTS):
            below = f"{code}-{part + 1}"
            names = (f"{zh}第{part + 1}小格", f"{en}, small grid {part + 1}")
            small.append([below, "small_grid", code, *names, chance.randrange(150, 500, 10), "demo"])
            features.append((below, ring(west + part * WIDTH / PARTS, south, WIDTH / PARTS, HEIGHT)))
    write_table("cells.csv", "code,tier,parent,label_zh,label_en,households,origin", [*cells, *small])
    lines = [
        json.dumps({"type": "Feature", "properties": {"code": code}, "geometry": outline}, separators=(",", ":"))
        for code, outline in features
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "cells.geojson").write_text(text, encoding="utf-8")
    classes = [
        [code, *((code[:2], "minor") if len(code) > 2 else ("", "major")), "matter", zh, en, standard, origin or "demo"]
        for code, zh, en, standard, origin in CLASSES
    ]
    write_table("categories.csv", "code,parent,level,kind,label_zh,label_en,standard_code,origin", list(classes))


if __name__ == "__main__":
    main()
