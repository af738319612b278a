"""Details of limitations and deviations in Chinese.

Extract notes them once, in English, with names and numbers of the package between the words. The
patterns give those words back in Chinese; what no pattern knows stays as it was noted.
"""

from __future__ import annotations

import re

_ZH = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"(\d+) text files above (\d+) MB", "{0} 个文本文件超过 {1} MB"),
        (r"more than (\d+) MB of text files", "文本文件合计超过 {0} MB"),
        (r"more than (\d+) ways of self-start by (.+)", "自启动途径（{1}）超过 {0} 处"),
        (r"self-start: methods not looked at", "部分方法未作自启动分析"),
        (r"start-up paths", "启动路径分析达到上限"),
        (r"more than (\d+) calls of members that may be inherited", "可能继承的成员的调用超过 {0} 处"),
        (r"more than (\d+) calls of (.+)", "{1} 的调用超过 {0} 处"),
        (r"more than (\d+) calls", "敏感接口调用超过 {0} 处"),
        (r"more than (\d+) places of (.+)", "写法 {1} 超过 {0} 处"),
        (r"more than (\d+) addresses", "网址超过 {0} 个"),
        (r"more than (\d+) matches of (.+)", "词表 {1} 的命中超过 {0} 处"),
        (r"more than (\d+) facts (.+)", "{1} 类事实超过 {0} 条"),
        (r"more than (\d+) files looked at for programs", "检查是否为程序的文件超过 {0} 个"),
        (r"more than (\d+)", "超过 {0} 个"),
        (r"(\d+) shared libraries", "共 {0} 个本地库"),
        (r"(.+): not opened, (\d+) bytes", "{0}：未打开，{1} 字节"),
        (r"(\d+) DEX files", "共 {0} 个 DEX 文件"),
        (r"DEX file of (\d+) bytes", "DEX 文件 {0} 字节"),
        (r"(\d+) member packages", "共 {0} 个成员安装包"),
        (r"(.+) is no APK", "{0} 不是安装包"),
        (r"no base package among the members", "成员中没有基础安装包"),
        (r"the base package requires splits that are not here", "基础安装包要求的拆分包未提供"),
        (r"bundle without a base manifest", "应用束中没有基础清单"),
        (r"network security configuration not found", "未找到网络安全配置文件"),
        (r"resource table of (\d+) bytes", "资源表 {0} 字节"),
        (r"no readable resource table", "资源表无法读取"),
        (r"no DEX or class file", "没有 DEX 或 class 文件"),
        (r"no end of central directory", "没有压缩包结尾记录"),
        (r"the central directory ends early", "中央目录不完整"),
        (r"central directory of (\d+) bytes", "中央目录 {0} 字节"),
        (r"(.+): inflate stopped after (\d+) bytes", "{0}：解压到 {1} 字节时中断"),
        (r"(.+): no local header at (\d+)", "{0}：偏移 {1} 处没有本地文件头"),
        (r"(.+): (\d+) of (\d+) stored bytes", "{0}：{2} 字节中只有 {1} 字节"),
        (r"(.+): more than (\d+) bytes from (\d+)", "{0}：由 {2} 字节解压超过 {1} 字节"),
        (r"(\d+) bytes, limit (\d+)", "{0} 字节，上限 {1} 字节"),
        (r"(.+): (\d+) declared, (\d+) found", "{0}：声明 {1} 字节，实有 {2} 字节"),
        (r"(.+): compressed size (\d+) is too small", "{0}：压缩后大小 {1} 偏小"),
        (r"(.+): stored, but the two sizes differ", "{0}：未压缩，但两处大小不同"),
        (r"(.+): data reaches past the end of the file", "{0}：数据超出文件末尾"),
        (r"(\d+) counted, (\d+) found", "记为 {0} 条，实有 {1} 条"),
        (r"(.+) begins inside (.+)", "{0} 起于 {1} 之内"),
        (r"(.+) without number (\d+) before it", "{0} 之前缺少编号 {1}"),
        (r"v1 and v2 name different certificates", "v1 与 v2 签名的证书不同"),
        (r"no entries", "没有条目"),
        (r"(.+): begins with (.+)", "{0}：开头为 {1}"),
        (r"file begins with (.+)", "文件开头为 {0}"),
        (r"CPU time", "处理器时间用尽"),
        (r"CPU time, (.+)", "处理器时间用尽：{0}"),
    )
)
_LONGEST = 400  # characters; what is longer is no detail of ours


def shown(detail: str, lang: str) -> str:
    """The detail in the language of the page."""
    if lang != "zh" or len(detail) > _LONGEST:
        return detail
    for pattern, text in _ZH:
        if found := pattern.fullmatch(detail):
            return text.format(*found.groups())
    return detail
