"""Names of publishers, and what speaks against their pages: one house has one English name, however a page prints it.

The printed name stays where a figure's origin is told; here it is only turned for labels, tables and sentences.
"""

import re
from functools import cache

_NAMES = {
    "CCMN 长江有色网": "CCMN",
    "长江有色金属网": "CCMN",
    "长江有色金属网 ccmn": "CCMN",
    "长江有色网": "CCMN",
    "长江有色": "CCMN",
    "长江现货": "CCMN",
    "东北亚镁质材料交易中心": "Northeast Asia Magnesia Material Trading Center",
    "阿斯达克": "AAStocks",
    "新华财经": "Xinhua Finance",
    "专家交流纪要": "minutes of an expert call",
    "华尔街见闻": "Wallstreetcn",
    "中国稀土行业协会": "ACREI",
    "晋商": "Jinshang",
    "创大钢铁": "Chuangda Steel",
    "金投网": "Cngold",
    "镁业 zgylmy.cn": "zgylmy.cn",
    "榆林镁业/府谷镁协": "Fugu Magnesium Association",
    "府谷县镁工业协会": "Fugu Magnesium Association",
    "府谷镁协": "Fugu Magnesium Association",
    "中国榆林镁业网": "Yulin magnesium site",
    "中国镁质材料/镁网": "China Magnesium",
    "铁合金在线": "China Ferroalloy Online",
    "中国铁合金网 ferro-alloys.cn": "China Ferroalloy Net",
    "中国铁合金网": "China Ferroalloy Net",
    "尚镁网 magsou.com": "Shangmei",
    "尚镁网 / lightmetal.com.cn": "Shangmei",
    "尚镁网": "Shangmei",
    "浙江文镁科技": "Zhejiang Wenmei",
    "宝武镁业": "Baowu Magnesium",
    "中国有色金属报": "China Nonferrous Metals News",
    "中国工业报 dzb.cinn.cn": "China Industry News",
    "中国有色金属工业协会": "CNIA",
    "中国有色金属协会镁业分会会长吴秀铭": "Wu Xiuming, CNMIA Magnesium Branch",
    "中国机床工具工业协会": "CMTBA",
    "中国电子学会": "Chinese Institute of Electronics",
    "中国机械工业联合会": "China Machinery Industry Federation",
    "国家统计局": "NBS",
    "工业和信息化部": "MIIT",
    "工業情報化部": "MIIT",
    "工信部": "MIIT",
    "新华社": "Xinhua",
    "新華社": "Xinhua",
    "人民日报": "People's Daily",
    "中国网": "China.org.cn",
    "中新社": "China News Service",
    "中新网": "China News Service",
    "中時新聞網": "China Times",
    "工商時報/旺得富": "Commercial Times",
    "自由財經": "Liberty Times",
    "西部网": "Western Net",
    "东方财富股吧": "Eastmoney guba",
    "镁协文章转载": "repost of the magnesium association",
    "东方证券": "Orient Securities",
    "東方證券": "Orient Securities",
    "民生证券": "Minsheng Securities",
    "东兴证券": "Dongxing Securities",
    "开源证券": "Kaiyuan Securities",
    "券商研报转载": "repost of a broker's report",
    "研报客": "Yanbaoke",
    "易洲观察": "Yizhou Observer",
    "智通财经": "Zhitong Finance",
    "金融界AI电报": "JRJ",
    "中财网 cfi.cn": "cfi.cn",
    "卓创": "SCI99",
    "张晶扬": "Zhang Jingyang",
    "澳闻头条": "Aowen",
    "集邦": "TrendForce",
    "智研咨询": "Zhiyan",
    "概念分析": "concept analysis",
    "半年报": "half-year report",
    "镁合金/人形机器人文章摘要": "digest on magnesium alloys and humanoids",
}
_LONGEST_FIRST = sorted(_NAMES, key=len, reverse=True)


def in_english(name: str) -> str:
    """Return a publisher's name with the Chinese names in it turned into English ones."""
    if name.isascii():
        return name
    for chinese in _LONGEST_FIRST:
        name = name.replace(chinese, _NAMES[chinese])
    return name


_ASIDE = re.compile(r"\s*[(\[\uff08]([^)\]\uff09]*)[)\]\uff09]")
_CAUTION = re.compile(r"cop(y|ies)|mirror|repost|undated|nominal|assumed|not named|user post|\u8f6c\u8f7d", re.I)
_ADDRESS = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,4}|\d{6}")
"""A site's address or a stock's number behind a name: who it is, not whom it relays."""
_WRITTEN_OUT = ("shanghai metals market",)


@cache
def base_name(publisher: str) -> str:
    """Return a publisher's name, in English, without what stands in brackets behind it."""
    return in_english(re.split(r"\s*[(\[\uff08]", publisher)[0])


def bare_title(title: str) -> str:
    """Return a page's title without the name of its column: "[SMM Analysis] Exports fell" is "Exports fell"."""
    return " ".join(re.sub(r"[\[\u3010][^\]\u3011]*[\]\u3011]", " ", title).split()) or title


@cache
def told_name(publisher: str) -> str:
    """Return a publisher's name with what speaks against its page only: "zhuoerchem.com (SMM copy, undated page)"."""
    own = ("", base_name(publisher).lower(), *_WRITTEN_OUT)
    asides = [aside.strip() for aside in _ASIDE.findall(publisher) if _CAUTION.search(aside)]
    asides = [aside for aside in asides if in_english(aside).lower() not in own and not _ADDRESS.fullmatch(aside)]
    words = ", ".join(asides).replace("year nominal", "year assumed").replace("period assumed", "year assumed")
    return f"{base_name(publisher)} ({in_english(words)})" if words else base_name(publisher)
