"""Whether a verb of a sentence is asserted, denied or neither.

Chinese denies before the verb. A denial reaches over commas (不会以任何方式，向第三方出售、出租…) until the sentence turns
(但、仅、而) or a new subject with an affirmative auxiliary begins (…，我们还会收集…).
"""

from __future__ import annotations

import re
from typing import Literal

Polarity = Literal["yes", "no", "neither"]

# Words that hold 不, 未 or 无 and deny nothing, longest first; they are blanked out before looking.
_HARMLESS = re.compile(
    r"不得不|不能不|不会不|不是不|不排除|不仅仅|不仅|不但|不只|不单|不限于|不局限于|不断|不同意|不同|不少|不当|不良|不法|不可抗力|不可避免|"
    r"不可逆|不可撤销|不可更改|不可变更|不可重置|不时|不定期|不便|不论|无论|不管|不完整|不准确|不合理|不一致|不超过|不迟于|不晚于|不少于|"
    r"不低于|不影响|不必要的|不特定|不满足|不满|不适|不足|不对|不便于|不安全|不正当|不存在|不联网|不真实|未成年|未满|未来|未知|无线|无障碍|无关|无效|无限|"
    r"(?:无法|不能|不可)(?:再|被|重新|单独)*(?:识别|复原|关联|恢复)|在不[^，,。；;]{1,24}(?:前提|情况|情形|条件)下|"
    r"非公开|不公开|不完全|不稳定|不慎|不宜|不愿|不符|不属于|不需要登录|对不起"
)
_DENIAL = re.compile(
    r"不会|不得|不能|不再|不予|不曾|不主动|不需要|不需|不要求|不强制|不必|不允许|不可以|不可|不涉及|不包括|不包含|绝不|决不|从不|均不|并不|也不|都不|"
    r"无需|无须|毋需|无权|无法|没有|从未|并未|尚未|均未|未曾|未经|未|不|禁止|严禁|杜绝|停止|不存在"
)
_TURN = re.compile(r"(?:但是|但|然而|不过|而是|而会|而只|而仅)(?!不限)|(?<=[，,；;])\s*(?:仅|只|才|而)(?!仅)|[；;]")
_RESET = re.compile(r"[，,](?:[^，,]{0,14}?)(?:我们|本公司|我司|本应用|平台|SDK|第三方)?(?:还会|也会|仍会|才会|仍可能|还可能|可能会|可能|将会|需要|还需|会|将|需)(?!不|未)[^，,]*$")
_NEW_SUBJECT = re.compile(r"[，,]\s*(?:同时|此外|另外|并且)?\s*我们(?!不|未|也不|均不|绝不)[^，,]*$")
# Who may refuse, withdraw or not provide is the user: nothing is said of what the app does.
_USER_MAY = re.compile(r"(?:您|你|用户)[^，,。；;]{0,14}(?:拒绝|不同意|选择不|撤回|撤销|关闭|取消|反对|停止|限制|不提供|未提供|不授权|未授权)")
_REFUSAL = re.compile(r"^\s*(?:拒绝|不同意|未授权|不授权|不提供|拒不)")
_IF_NOT = re.compile(r"(?:如|若|倘|假如|一旦|当)(?:(?![时后](?:我们|本|SDK)|我们(?:也|均|将|都)?不)[^，,。；;]){0,24}(?:不|未|拒绝|无法|没有)[^，,。；;]{0,16}$")
_GUARD = re.compile(r"(?:防止|避免|预防|阻止|以免|防范|免遭|免受|遭到|遭受|受到|非法)[^。；;]{0,50}$")
_ASIDE = re.compile(r"[（(][^（()）]{0,200}[）)]")
_UNSURE = re.compile(r"(?:不|无法|不能|难以|未)(?:能|可)?(?:完全)?(?:确定|确认|确保|保证|知悉|知晓|预见)")
# “如果我们发现收集了…”, “并不代表您已同意…”, “不会将我们存储的信息与…结合”: not the verb itself is asserted or denied.
_SUPPOSED = re.compile(r"(?:如|若)果?(?:我们|本公司|平台)?(?:发现|获悉|知悉)|不(?:代表|意味着?|表示|视为|等同)")
_RELATIVE = re.compile(r"(?:将|把|对)[^，,]{0,4}(?:我们|您(?!的)|你(?!的))[^，,]{0,6}$")
_DOUBLE = re.compile(r"不得不|不能不|不会不|不是不|不排除")


def polarity(sentence: str, at: int) -> Polarity:
    """Of the verb that begins at `at`. Neither: a condition that something is refused, the user's right to refuse,
    harm that is to be prevented, or what nobody can be sure of."""
    before = _ASIDE.sub(lambda m: "＿" * len(m[0]), sentence[:at])
    turn = max((m.end() for m in _TURN.finditer(before)), default=0)
    scope = before[turn:]
    clause = re.split(r"[，,；;：:]", scope)[-1]
    if _IF_NOT.search(clause) or _USER_MAY.search(clause) or _GUARD.search(scope) or _REFUSAL.search(clause + sentence[at : at + 2]):
        return "neither"
    if _UNSURE.search(clause) or _SUPPOSED.search(scope) or re.search(r"您不同意|用户不同意|您拒绝|用户拒绝", clause):
        return "neither"
    if _DOUBLE.search(clause):
        return "yes"
    bare = _HARMLESS.sub(lambda m: "＿" * len(m[0]), scope)
    found = None
    for found in _DENIAL.finditer(bare):  # noqa: B007 - the last one is wanted
        pass
    if found is None:
        return "yes"
    if found[0] in ("无法", "不能") and re.search(r"拒绝|不同意|不提供|未提供|不授权|您|用户", sentence[:at]):
        return "neither"  # what the user then cannot do
    gap = bare[found.end() :]
    if _RELATIVE.search(gap):
        return "neither"
    if _RESET.search(gap) or _NEW_SUBJECT.search(gap):
        return "yes"
    if found[0] == "未经" and ("，" in gap or "," in gap):
        return "yes"  # the condition of a clause that denies nothing itself
    return "no"
