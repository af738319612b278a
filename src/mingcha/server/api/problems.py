"""What went wrong, as problem JSON (RFC 9457) with our code and both languages."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from mingcha.errors import MingchaError

WORDS: dict[str, tuple[int, str, str]] = {
    "no-key": (401, "需要有效的接口密钥", "a valid key is needed"),
    "not-found": (404, "没有此资源，或者您无权查看", "there is no such thing, or you may not see it"),
    "wrong-method": (405, "不支持此方法", "the method is not allowed here"),
    "bad-request": (422, "请求内容不符合接口说明", "the request does not match the description"),
    "too-large": (413, "请求内容过大", "the request is too large"),
    "too-many": (429, "请求过于频繁，请稍后再试", "too many requests; try again later"),
    "key-reused": (409, "这个幂等键已用于另一次请求", "this idempotency key was used for another request"),
    "in-progress": (409, "同一幂等键的请求正在处理", "a request with this idempotency key is being worked on"),
    "internal": (500, "系统内部错误", "an internal error"),
}


def problem(code: str, *, status: int = 0, zh: str = "", en: str = "", hint: dict[str, str] | None = None, errors: list[Any] | None = None) -> HttpResponse:
    """The answer of a refused request."""
    known = WORDS.get(code, (status or 500, zh, en))
    number = status or known[0]
    told: dict[str, Any] = {
        "type": f"https://mingcha.invalid/problems/{code}", "title": HTTPStatus(number).phrase, "status": number, "code": code,
        "zh": zh or known[1], "en": en or known[2],
    }  # fmt: skip
    if hint:
        told["hint"] = hint
    if errors:
        told["errors"] = errors
    headers = {"WWW-Authenticate": "Bearer"} if number == 401 else {}
    return HttpResponse(json.dumps(told, ensure_ascii=False), status=number, content_type="application/problem+json", headers=headers)


def of(error: MingchaError) -> HttpResponse:
    """The answer of an error that has words of its own."""
    return problem(error.code, status=error.status, zh=error.text["zh"], en=error.text["en"], hint=dict(error.hint))
