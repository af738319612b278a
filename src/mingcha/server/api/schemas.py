"""What goes over the border. Unknown fields are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(max_length=20, pattern=r"^[A-Za-z0-9-]*$")]


class Strict(Schema):
    """A body: nothing else may be in it."""

    model_config = ConfigDict(extra="forbid")


class Me(Schema):
    """Who the key acts as."""

    organisation: str
    kind: str
    role: str
    key: str
    expires: datetime | None


class JobOut(Schema):
    """An upload."""

    id: int
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    stage: str
    made: datetime
    ended: datetime | None
    inspection: int | None
    code: str
    zh: str
    en: str
    files: list[dict[str, Any]]


class InspectionOut(Schema):
    """An inspection that was taken in."""

    id: int
    digest: str
    subject: str
    identifier: str
    version: str | None
    sha256: str | None
    at: str
    findings: list[dict[str, Any]]


class LeadIn(Strict):
    """A lead. `kind`: platform or media; companies use self-reports."""

    kind: Literal["platform", "media"] = "platform"
    name: Line = Field(description="名称 · What the subject is called", examples=["示例应用"])
    text: Text = Field(description="内容 · What was seen", examples=["启动后立即读取通讯录"])
    identifier: Annotated[str, StringConstraints(max_length=255, pattern=r"^[^\x00]*$")] = Field("", description="包名 · Package name", examples=["com.example.app"])
    scenario: Code = Field("", description="场景编号 · Scenario", examples=["C5-15"])
    province: Code = Field("", description="地区代码 · Region code", examples=["44"])


class LeadOut(Schema):
    """A lead, as its sender may follow it."""

    receipt: str
    state: str
    received: datetime
    due: date | None


class CaseOut(Schema):
    """A case that the key's role sees."""

    number: str
    subject: str
    identifier: str
    operator: str | None
    province: str
    state: str
    version: int
    opened: datetime
    due: date | None
    findings: list[dict[str, Any]]


class ActIn(Strict):
    """An act on a case, as of the version that was read."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    inspection: Annotated[int, Field(ge=0, le=2**62)] = 0
    reason: Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")] = ""


class OperatorIn(Strict):
    """One line of a register."""

    name: Line
    credit_code: Annotated[str, StringConstraints(min_length=18, max_length=18, pattern=r"^[0-9A-Z]{18}$")]
    province: Code = ""


class RegisterIn(Strict):
    """Lines of the register of operators. `dry_run`: say what would be done, and do nothing."""

    operators: Annotated[list[OperatorIn], Field(max_length=5000)]
    dry_run: bool = False


class ListingIn(Strict):
    """An app that a store offers."""

    identifier: Line = Field(description="包名 · Package name", examples=["com.example.app"])
    name: Line = Field(description="名称 · Name", examples=["示例应用"])
    version: Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")] = ""
    app_type: Annotated[int, Field(ge=1, le=39, description="应用类型（14号的序号）· App type, its number in 国信办秘字〔2021〕14号")] | None = None


class ListingsIn(Strict):
    """What a store offers."""

    listings: Annotated[list[ListingIn], Field(max_length=5000)]
    dry_run: bool = False


class RegisterOut(Schema):
    """What was done, and lines that were refused."""

    entered: int
    matched: int
    errors: list[dict[str, Any]]


class Page(Schema):
    """A page of a list: `next` is the address of the one after it."""

    items: list[CaseOut]
    next: str | None


class LeadPage(Schema):
    """A page of leads."""

    items: list[LeadOut]
    next: str | None
