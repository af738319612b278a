"""Why an act is refused: a code, both languages, and an HTTP status for pages and API."""

from __future__ import annotations

from mingcha.errors import Exit, MingchaError

_WHY: dict[str, tuple[str, str, int]] = {
    "no-such-act": ("没有这种操作", "there is no such act", 404),
    "wrong-state": ("案件当前状态下不能进行此操作", "the case's state does not allow it", 409),
    "not-yours": ("您的角色或者单位无权进行此操作", "your role or organisation may not do this", 403),
    "stale": ("案件已有新的变动，请刷新后再试", "the case has moved on; load it again", 409),
    "key-reused": ("这个提交编号已用于另一次操作", "this key was used for another request", 409),
    "has-findings": ("检测结果中没有需要处理的问题", "the inspection has no finding to work on", 422),
    "second-person": ("核查人不得是提出问题的人", "who proposed a finding may not verify it", 422),
    "confirms-some": ("至少需要确认一个问题", "at least one finding has to be confirmed", 422),
    "reason-given": ("请写明理由", "a reason is needed", 422),
    "nothing-served": ("整改通知已送达，不能这样处理", "a notice has been served", 409),
    "confirmed-finding": ("没有经核查成立的问题", "no finding was confirmed", 409),
    "operator-chosen": ("登记中没有这个统一社会信用代码的经营者", "the register has no operator of that credit code", 422),
    "operator-known": ("尚未登记责任主体", "the operator is not known yet", 409),
    "operator-registered": ("责任主体名称尚未与登记信息核对一致", "the operator's name was not found the same in the register", 409),
    "own-case": ("不是本单位的案件", "this is not a case of your organisation", 403),
    "new-version": ("请提交与被检版本不同的新版本", "hand in a version other than the one inspected", 422),
    "deadline-passed": ("期限尚未届满", "the time has not passed yet", 409),
    "retest-attached": ("尚无复检结果", "there is no re-test yet", 409),
    "nothing-remains": ("复检仍有未解决的问题", "the re-test still finds problems", 409),
    "something-remains": ("复检未发现遗留问题", "the re-test finds nothing that remains", 409),
    "notice-served": ("整改通知尚未送达", "no notice was served", 409),
    "no-open-appeal": ("有异议尚未处理", "an appeal is open", 409),
    "open-appeal": ("没有待处理的异议", "no appeal is open", 409),
    "no-other-naming": ("同一对象的同一问题已在通报中", "the same problem of the same subject is being named already", 409),
    "signed-batch": ("须列入经两人签批的批次办理", "this is done by a batch that two people signed", 409),
    "sheets-answered": ("需人工核验的问题须先由另一人核验为不符合并附证据", "what needs a person has to be answered by another one first, with evidence", 422),
    "needs-package": ("请上传至少一个安装包，最多八个文件", "upload at least one package, eight files at most", 422),
    "needs-evidence": ("请先为该问题上传证据", "add evidence for it first", 422),
    "too-large": ("文件过大", "the file is too large", 413),
    "empty-file": ("文件为空", "the file is empty", 422),
    "bad-evidence": ("不接受这种文件", "files of this kind are not taken", 422),
    "too-many-jobs": ("等待检测的上传过多，请稍后再试", "too many uploads are waiting; try again later", 429),
    "bad-address": ("地址须为可以公开访问的 https 地址", "the address has to be https, of a host outside", 422),
    "campaign-subjects": ("行动没有对象或者对象过多（20 万）", "the campaign has no subject, or more than 200,000", 422),
    "batch-issued": ("批次已经发布，不能更改", "the batch was issued and does not change any more", 409),
    "batch-empty": ("批次内没有案件", "the batch has no case", 422),
    "batch-assertions": ("批次内有案件不符合条件", "some case of the batch does not meet the conditions", 409),
    "batch-signatures": ("需要两名与本批次经办无关的审批人签批", "two approvers who had no hand in the batch have to sign", 409),
    "not-corrected": ("案件不在被更正的批次内", "the case is not in the list that is corrected", 422),
    "in-another-batch": ("案件已列入另一个未发布的批次", "the case is in another draft already", 409),
    "batch-own": ("经办本批次或者提请其中案件的人不得签批", "who made the batch or proposed one of its cases may not sign it", 403),
    "relisting-time-passed": ("恢复上架的期限尚未届满", "the time before relisting has not passed", 409),
    "other-province": ("请选择另一个地区", "choose another province", 422),
    "same-subject": ("只能并入同一对象的未结案件", "only into an open case of the same subject", 422),
    "leaves-some": ("分出的问题须少于全部", "some findings have to stay", 422),
    "second-factor-there": ("已启用双因素登录", "the second factor is on already", 409),
    "wrong-code": ("验证码不正确或者已经使用过", "the code is wrong or was used before", 403),
    "too-many-codes": ("尝试次数过多，请一小时后再试", "too many attempts; try again in an hour", 429),
    "wrong-password": ("当前口令不正确", "the present password is wrong", 422),
    "weak-password": ("新口令过短、过于常见或者与原口令相同（至少 12 位）", "the new password is too short, too common or the old one (12 characters at least)", 422),
    "not-the-same": ("两次输入的新口令不一致", "the two new passwords differ", 422),
    "provider-failed": ("统一身份认证服务未能确认身份", "the identity provider could not confirm who you are", 502),
    "provider-refused": ("统一身份认证未完成，请重新登录", "the sign-in at the identity provider was not completed; start again", 403),
    "provider-unknown": ("该身份尚未关联本系统的账号，请联系管理员", "nobody here is linked to this identity; ask the administrator", 403),
    "not-oneself": ("不能处理自己的账号，请由另一位管理员办理", "not on one's own account; ask another administrator", 403),
    "works-elsewhere": ("该人员同时在其他单位任职，请由部级管理员办理", "this person also works for another organisation; the ministry's administrator does it", 403),
    "last-admin": ("这是该单位最后一位管理员", "this is the organisation's last administrator", 409),
    "there-already": ("已有相同的记录", "there is one already", 409),
    "bad-credit-code": ("统一社会信用代码不正确（GB 32100-2015 校验码）", "the unified credit code is wrong (check digit of GB 32100-2015)", 422),
    "file-too-large": ("文件过大", "the file is too large", 413),
    "too-many-rows": ("行数过多（至多 50000 行）", "too many rows (50,000 at most)", 413),
    "no-header": ("没有找到表头：至少需要“应用名称”和“投诉内容”两列", "no header was found: columns for name and text are needed", 422),
    "no-dial-header": ("表头应包含 credit_code、month、calls、answered、seconds", "the header needs credit_code, month, calls, answered, seconds", 422),
    "no-rows": ("文件中没有数据行", "the file has no rows", 422),
    "bad-file": ("文件无法读取", "the file cannot be read", 422),
    "bad-encoding": ("文件编码无法识别，请使用 UTF-8 或者 GB18030", "the file's encoding is not known; use UTF-8 or GB18030", 422),
    "file-gone": ("文件已过一小时的保留时间，请重新上传", "the file's hour has passed; send it again", 410),
    "erased": ("已按期删除", "it was erased on its day", 410),
    "no-subject": ("尚未找到唯一对应的检测对象，请单独分派", "no single subject is called so; triage it by itself", 422),
    "too-many-views": ("保存的视图过多", "too many saved views", 422),
    "bad-score": ("不是有效的评分文档（mingcha.score/1）", "this is not a valid score document (mingcha.score/1)", 422),
    "score-scheme": ("评分方案或者其版本未知，或者不适用于该对象", "the scheme of scoring or its version is not known here, or not for this subject", 422),
    "score-differs": ("评分与其检测结果按方案计算的分数不一致", "the score is not what its scheme makes of its outcomes", 422),
    "no-total": ("评分缺少部分或者未测比例过大，没有总分", "a part of the score is missing or too much is untested: it has no total", 409),
    "veto-failed": ("一票否决项未通过，不能授予标识", "a veto failed: no badge is given", 409),
    "not-passed": ("总分未达到合格线或者一票否决项尚未判定", "the total is below the pass line, or a veto was not decided", 409),
    "evaluation-own": ("经手该评测的人不得核验或者授予标识", "who had a hand in the evaluation may not verify it or issue its badge", 403),
    "badge-there": ("该对象已有有效标识，尚未到复评期", "the subject has a valid badge that is not due for re-evaluation yet", 409),
    "badge-own": ("撤销标识的人不得处理对该撤销的异议", "who withdrew the badge may not decide the appeal", 403),
    "check-differs": ("抽查结论或者对象与所附评分文档不一致", "the outcome or the subject differs from the score document that comes with it", 422),
    "bad-data": ("提交的内容有误", "what was sent is wrong", 422),
}


class Refused(MingchaError):
    """An act that may not be done now, by this person, or with what was given."""

    exit = Exit.INPUT

    def __init__(self, code: str, detail: str = "") -> None:
        zh, en, status = _WHY[code]
        tail = f"：{detail}" if detail else ""
        super().__init__(zh + tail, en + tail.replace("：", ": "), code=code)
        self.status = status


CODES = frozenset(_WHY)
