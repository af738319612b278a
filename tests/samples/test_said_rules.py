"""Rules of said against done on what the real readers make of small texts, logs, recordings and packages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mingcha import pipeline
from mingcha.extract.join import Stated
from mingcha.model import Finding
from mingcha.settings import Settings
from tests.extract.package import build
from tests.extract.package.dexbuild import Cls, Mth
from tests.extract.traffic import make
from tests.support import apk

SAID = Path(__file__).parents[2] / "samples" / "said"
APP, SECOND = "com.example.app", 10**9
OWN, PUSH = f"{APP}.Main.onCreate(Main.java:9)", "cn.jpush.android.Core.start(Unknown Source)"
LOCATE, APPS = "android.location.LocationManager.getLastKnownLocation", "android.content.pm.PackageManager.getInstalledPackages"
SECURE, PHONE = "android.provider.Settings$Secure.getString", "android.telephony.TelephonyManager"
FINE = "android.permission.ACCESS_FINE_LOCATION"
FILLER = "".join(f"<p>第{n}条　我们始终重视与您的每一次沟通，并以负责任的态度对待每一位用户的期待与信任。</p>" for n in range(1, 25))


def page(*body: str, title: str = "示例应用隐私政策") -> str:
    return f'<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>{"".join(body)}</body></html>'


def p(*sentences: str) -> str:
    return "".join(f"<p>{s}</p>" for s in sentences)


def listed(*rows: str, heads: str = "SDK 名称|提供方|使用目的|收集的个人信息类型|隐私政策链接", title: str = "第三方 SDK 清单") -> str:
    def row(text: str, tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{c}</{tag}>" for c in text.split("|")) + "</tr>"

    return f"<h2>{title}</h2><table>{row(heads, 'th')}{''.join(row(r, 'td') for r in rows)}</table>"


JPUSH = "极光推送 SDK|深圳市和讯华谷信息技术有限公司|消息推送|Android ID|https://www.jiguang.cn/license/privacy"


def call(t: float, api: str, frame: str = OWN, result: str = "value", **more: Any) -> dict[str, Any]:
    return {"t": int(t * SECOND), "pid": 40, "uid": 10100, "process": APP, "thread": "main", "api": api, "result": result, "stack": [f"{api}(Native Method)", frame]} | more


def event(name: str, t: float, **more: Any) -> dict[str, Any]:
    return {"event": name, "t": int(t * SECOND), **more}


def log(*records: dict[str, Any], seconds: float = 600, consent: float | None = 7) -> str:
    hooks = [LOCATE, APPS, SECURE, f"{PHONE}.getDeviceId", "android.net.wifi.WifiInfo.getMacAddress", "android.content.ClipboardManager.getPrimaryClip",
             "android.app.ActivityManager.getRunningAppProcesses", "android.content.ContentResolver.query"]  # fmt: skip
    head = {"mingcha-behaviour": 1, "event": "run", "run": "r", "package": APP, "uid": 10100, "device": "d", "tool": "t", "consent_at_start": "none", "hooks": hooks}
    start = [event("clock-sync", 0, wall=1795759200000), event("process-start", 0.1, process=APP, cause="activity", by="com.vendor.launcher"), event("foreground", 0.2)]
    given = [event("consent-accepted", consent, consent_id="policy")] if consent is not None else []
    return "".join(json.dumps(r) + "\n" for r in (head, *start, *given, *records, event("screen-off", seconds)))


def har(*requests: tuple[str, str]) -> str:
    entries = [
        {
            "startedDateTime": f"2026-11-27T06:00:{n:02d}.000Z", "time": 1, "cache": {}, "timings": {"send": 1, "wait": 1, "receive": 1},
            "request": {"method": "POST", "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [], "headersSize": -1, "bodySize": len(body),
                        "headers": [{"name": "Content-Type", "value": "application/json"}], "postData": {"mimeType": "application/json", "text": body}},
            "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "redirectURL": "",
                         "content": {"size": 2, "mimeType": "application/json", "text": "{}"}, "headersSize": -1, "bodySize": 2},
        }
        for n, (url, body) in enumerate(requests)
    ]  # fmt: skip
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}})


@cache
def planted() -> dict[str, str]:
    import yaml

    return {s["id"]: str(s["value"]) for s in yaml.safe_load((SAID / "seeds.yml").read_text("utf-8"))["seeds"]}


def sent(host: str, *seeds: str) -> tuple[str, str]:
    return f"https://{host}/r", json.dumps({s: planted()[s] for s in seeds} | {"v": "1"})


@pytest.fixture
def judged(tmp_path: Path) -> Any:
    def run(*, seeds: str | None = None, stated: Stated | None = None, **texts: str | bytes | Iterable[str]) -> dict[str, Finding]:
        """Texts by name: policy, policy2, log, capture, package, aar."""
        suffix = {"log": "jsonl", "capture": "har", "package": "apk", "aar": "aar"}
        paths = []
        for name, text in texts.items():
            path = tmp_path / f"{name}.{suffix.get(name, 'html')}"
            path.write_bytes(text if isinstance(text, bytes) else str(text).encode())
            paths.append(path)
        sheet = SAID / "seeds.yml"
        if seeds:
            sheet = tmp_path / "seeds.yml"
            sheet.write_text(seeds, "utf-8")
        settings = Settings(home=str(tmp_path), seeds=str(sheet), isolate=False)
        return {f.rule: f for f in pipeline.judge(pipeline.read(paths, settings, stated=stated), date(2026, 11, 27)).findings}

    pytest.importorskip("ahocorasick")
    return run


def told(found: dict[str, Finding], rule: str) -> tuple[str, bool]:
    """Outcome, and whether it is a lead."""
    return found[rule].outcome, "suspect" in found[rule].reasons


LEAD, OPEN, PASSED, FAILED, OUT = ("cantTell", True), ("cantTell", False), ("passed", False), ("failed", False), ("inapplicable", False)


# ---- what the policy says -------------------------------------------------------------------------

COLLECTS = p("为保障账号安全，我们会收集您的 Android ID。", "为向您显示附近门店，我们会收集您的精准定位信息。")
RIGHTS = p("注销账号的申请在十五个工作日内处理完毕。", "本政策变更时，我们将以弹窗方式通知您。")


@pytest.mark.parametrize(
    ("rule", "body", "expected"),
    [
        ("policy-without-rules", FILLER, FAILED),
        ("policy-without-rules", FILLER + COLLECTS, PASSED),
        ("policy-without-rules", p("我们非常重视您的隐私。"), LEAD),
        ("policy-change-notice-missing", FILLER + COLLECTS, LEAD),
        ("policy-change-notice-missing", FILLER + RIGHTS, PASSED),
        ("cancellation-limit-too-long", COLLECTS + p("注销账号的申请在三十个工作日内处理完毕。"), FAILED),
        ("cancellation-limit-too-long", COLLECTS + RIGHTS, PASSED),
        ("cancellation-limit-too-long", COLLECTS + p("您可以在设置中注销账号。"), OUT),
        ("improvement-as-only-purpose", p("为了改善我们的产品和服务，我们会收集您的性别。"), LEAD),
        ("improvement-as-only-purpose", COLLECTS, PASSED),
        ("algorithm-notice-not-in-policy", p("我们会使用您的浏览记录向您进行个性化推荐。"), LEAD),
        ("algorithm-notice-not-in-policy", p("我们会使用您的浏览记录向您进行个性化推荐。", "算法推荐的基本原理和运行机制公示如下。"), PASSED),
        ("algorithm-notice-not-in-policy", COLLECTS, OUT),
        ("personalisation-off-not-in-policy", p("我们会使用您的浏览记录向您进行个性化推荐。"), LEAD),
        ("personalisation-off-not-in-policy", p("我们会使用您的浏览记录向您进行个性化推荐。", "您可以在设置中关闭个性化推荐。"), PASSED),
        ("sdk-list-fields-missing", listed(JPUSH), PASSED),
        ("sdk-list-fields-missing", listed("极光推送 SDK||消息推送|Android ID|https://www.jiguang.cn/license/privacy"), LEAD),
        ("sdk-list-fields-missing", COLLECTS, OPEN),
        ("sharing-list-fields-missing", listed("极光推送|和讯华谷|消息推送|Android ID", heads="名称|接收方|共享目的|共享的信息", title="第三方共享清单"), LEAD),
        (
            "sharing-list-fields-missing",
            listed("极光推送|和讯华谷|消息推送|接收消息时|SDK 采集|Android ID", heads="名称|接收方|共享目的|使用场景|共享方式|共享的信息", title="第三方共享清单"),
            PASSED,
        ),
        ("sharing-list-fields-missing", listed(JPUSH), OUT),
        ("sdk-list-fields-missing", listed("极光推送|和讯华谷|消息推送|Android ID", heads="名称|接收方|共享目的|共享的信息", title="第三方共享清单"), OPEN),
    ],
)
def test_what_a_policy_says(judged: Any, rule: str, body: str, expected: tuple[str, bool]) -> None:
    assert told(judged(policy=page(body)), rule) == expected


def test_length_and_language_of_a_policy(judged: Any) -> None:
    endless = "我们会收集您的手机号码" + "以及与此有关的其他必要内容" * 9 + "。"
    found = judged(policy=page(*(f"<p>第{n}项，{endless}</p>" for n in range(30))))
    assert told(found, "policy-lengthy-or-obscure") == LEAD
    found = judged(policy=page(FILLER, COLLECTS))
    assert (told(found, "policy-lengthy-or-obscure"), told(found, "policy-not-in-simplified-chinese")) == (PASSED, PASSED)
    english = "".join(f"<p>Clause {n}: we collect your phone number to protect your account and to keep the service running.</p>" for n in range(20))
    assert told(judged(policy=page(english, title="Privacy Policy")), "policy-not-in-simplified-chinese") == LEAD


@pytest.mark.parametrize("rule", ["policy-elements-missing", "policy-without-rules", "policy-change-notice-missing", "policy-lengthy-or-obscure"])
def test_an_sdk_list_alone_says_nothing_of_the_policy(judged: Any, rule: str) -> None:
    assert told(judged(policy=page(listed(JPUSH), title="第三方SDK清单")), rule) == OPEN


INTERNET = ("uses-permission", {"android:name": "android.permission.INTERNET"})


def with_words(*words: str) -> bytes:
    code = [Cls("Lcom/example/app/Main;", [Mth("f", "()V", [*(("const-string", 0, w) for w in words), ("return-void",)])])]
    root = build.manifest()
    return apk((*root[:2], INTERNET, *root[2:]), code)


@pytest.mark.parametrize(
    ("words", "body", "expected"),
    [
        ((), COLLECTS + listed(JPUSH), LEAD),
        (("个人信息收集清单",), COLLECTS + listed(JPUSH), OPEN),
        ((), COLLECTS + listed(JPUSH) + p("您可以查看《个人信息收集清单》。"), OPEN),
    ],
)
def test_the_two_lists_are_looked_for_in_package_and_texts(judged: Any, words: tuple[str, ...], body: str, expected: tuple[str, bool]) -> None:
    assert told(judged(package=with_words(*words), policy=page(body)), "double-list-missing") == expected


def test_the_notice_of_the_algorithm_is_told_once(judged: Any) -> None:
    shows = with_words("猜你喜欢")
    assert told(judged(package=shows, policy=page(FILLER, COLLECTS)), "algorithm-notice-missing") == LEAD
    both = judged(package=shows, policy=page(FILLER, p("我们会使用您的浏览记录向您进行个性化推荐。")))
    assert (told(both, "algorithm-notice-missing"), told(both, "algorithm-notice-not-in-policy")) == (OPEN, LEAD)
    assert told(judged(package=shows), "algorithm-notice-missing") == OPEN


# ---- said against done ----------------------------------------------------------------------------

NOTHING = har(sent("api.sample.example"))


def test_an_item_that_only_a_wide_word_covers(judged: Any) -> None:
    read, wide = log(call(9, f"{PHONE}.getDeviceId")), page(p("为统计使用情况，我们会收集您的设备信息。"))
    found = judged(policy=wide, log=read, capture=NOTHING)["collected-item-vague"]
    assert (found.outcome, {e.fact["kind"] for e in found.evidence}) == ("cantTell", {"statement", "behaviour"})
    named = page(p("为统计使用情况，我们会收集您的设备信息，包括 IMEI。"))
    assert told(judged(policy=named, log=read, capture=NOTHING), "collected-item-vague") == PASSED
    assert told(judged(policy=wide, log=log(), capture=NOTHING), "collected-item-vague") == OPEN  # nothing was done


def test_an_sdk_takes_what_its_row_does_not_list(judged: Any) -> None:
    policy = page(p("我们会收集您的 MAC 地址。"), listed(JPUSH))
    mac, android = call(9, "android.net.wifi.WifiInfo.getMacAddress", PUSH), call(9, SECURE, PUSH, key="android_id")
    found = judged(policy=policy, log=log(mac), capture=NOTHING)
    assert told(found, "sdk-item-unlisted") == LEAD
    assert not any(e.owner.id == "jpush" for e in found["collected-item-vague"].evidence)  # told once
    assert told(judged(policy=policy, log=log(android), capture=NOTHING), "sdk-item-unlisted") == PASSED
    assert told(judged(policy=policy, log=log(android)), "sdk-item-unlisted") == OPEN  # no capture


@pytest.mark.parametrize(
    ("said", "host", "undisclosed", "denied"),
    [
        (p("我们会收集您的 Android ID。"), "stats.jpush.cn", LEAD, PASSED),
        (listed(JPUSH), "stats.jpush.cn", PASSED, PASSED),
        (p("我们会收集您的 Android ID。", "我们不会向任何第三方提供您的个人信息。"), "stats.jpush.cn", LEAD, LEAD),
        (p("我们会收集您的 Android ID。", "未经您单独同意，我们不会向第三方提供您的个人信息。"), "stats.jpush.cn", LEAD, PASSED),
        (p("我们会收集您的 Android ID。", "我们不会向任何第三方提供您的个人信息。"), "log.nobody.example", OPEN, OPEN),
    ],
)
def test_what_goes_to_third_parties(judged: Any, said: str, host: str, undisclosed: tuple[str, bool], denied: tuple[str, bool]) -> None:
    found = judged(policy=page(said), capture=har(sent(host, "android-id")))
    assert told(found, "receiver-undisclosed") == undisclosed
    assert told(found, "denied-yet-shared") == denied
    assert found["third-party-before-consent"].outcome == "cantTell"  # nobody knows when consent was given


BEGIN = 1795759200.0  # of the recordings here, seconds since 1970


@pytest.mark.parametrize(
    ("consent", "own", "third"),
    [
        (BEGIN + 30, FAILED, FAILED),  # both were sent in the first two seconds
        (BEGIN - 30, PASSED, PASSED),
        (BEGIN + 1, OPEN, OPEN),  # within the accuracy that the user states
        (None, OPEN, OPEN),
    ],
)
def test_what_was_sent_before_consent(judged: Any, consent: float | None, own: tuple[str, bool], third: tuple[str, bool]) -> None:
    both = har(sent("api.sample.example", "android-id"), sent("stats.jpush.cn", "android-id"))
    found = judged(capture=both, stated=Stated(consent_at=consent, clock_within=5.0 if consent else None, first_party=("sample.example",)))
    assert (told(found, "sent-before-consent"), told(found, "third-party-before-consent")) == (own, third)


# ---- what was sent --------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["device-ids-sent-in-clear", "personal-data-sent-in-clear", "sensitive-data-only-encoded"])
def test_a_capture_clears_nothing_that_was_not_planted(judged: Any, rule: str) -> None:
    assert told(judged(capture=har(sent("api.sample.example"))), rule) == PASSED
    assert told(judged(capture=har()), rule) == OPEN
    only = {"device-ids-sent-in-clear": ("phone-number", "13900001234"), "personal-data-sent-in-clear": ("android-id", "9f3c1a7be2d04586"), "sensitive-data-only-encoded": ("android-id", "9f3c1a7be2d04586")}
    item, value = only[rule]
    sheet = f"mingcha-seeds: 1\nseeds:\n  - {{id: a, item: {item}, value: '{value}'}}\n"
    assert told(judged(capture=har(sent("api.sample.example")), seeds=sheet), rule) == OPEN


def test_certificates_that_nobody_checks(judged: Any) -> None:
    sheet = "mingcha-seeds: 1\nrecording: {ca: untrusted}\nseeds:\n  - {id: a, item: android-id, value: '9f3c1a7be2d04586'}\n"
    assert told(judged(capture=har(sent("api.sample.example")), seeds=sheet), "tls-certificate-not-checked") == FAILED
    trusted = sheet.replace("untrusted", "trusted")
    assert told(judged(capture=har(sent("api.sample.example")), seeds=trusted), "tls-certificate-not-checked") == OPEN
    broken = {"type": "tcp", "client_conn": {"sni": "pin.lab.example", "timestamp_start": 1795759205.0}, "server_conn": {"address": ["pin.lab.example", 443]},
              "error": {"msg": "Client TLS handshake failed. The client does not trust the proxy's certificate"}}  # fmt: skip
    assert told(judged(capture=make.netstring(broken), seeds=sheet), "tls-certificate-not-checked") == PASSED


def test_a_har_does_not_say_which_tls_it_was(judged: Any) -> None:
    assert told(judged(capture=har(sent("api.sample.example"))), "tls-weak-connection") == OPEN


@pytest.mark.parametrize(("version", "cipher", "expected"), [("TLSv1", "DES-CBC3-SHA", LEAD), ("TLSv1.3", "TLS_AES_256_GCM_SHA384", PASSED)])
def test_outdated_tls(judged: Any, version: str, cipher: str, expected: tuple[str, bool]) -> None:
    spoken = make.flow(make.Request("GET", target="/a"))
    spoken["server_conn"] |= {"tls_version": version, "cipher": cipher}
    assert told(judged(capture=make.netstring(spoken)), "tls-weak-connection") == expected


# ---- what was done --------------------------------------------------------------------------------


def ask(t: float, answer: str, permission: str = FINE) -> dict[str, Any]:
    return event("permission", t, permission=permission, answer=answer)


@pytest.mark.parametrize(
    ("rule", "records", "expected"),
    [
        ("permission-asked-before-consent", [ask(2, "granted")], FAILED),
        ("permission-asked-before-consent", [ask(2, "denied")], LEAD),
        ("permission-asked-before-consent", [ask(20, "granted")], PASSED),
        ("permission-asked-before-consent", [], OPEN),
        ("permission-asked-again-within-48h", [ask(20, "denied"), ask(60, "denied")], LEAD),
        ("permission-asked-again-within-48h", [ask(20, "denied"), ask(60, "granted", "android.permission.CAMERA")], PASSED),
        ("permission-asked-again-within-48h", [ask(20, "granted")], OPEN),
        ("permission-dialogs-at-once", [ask(10, "denied"), ask(14, "denied", "android.permission.CAMERA"), ask(19, "granted", "android.permission.READ_CONTACTS")], LEAD),
        ("permission-dialogs-at-once", [ask(10, "denied"), ask(200, "denied", "android.permission.CAMERA"), ask(400, "granted", "android.permission.READ_CONTACTS")], PASSED),
        ("permission-dialogs-at-once", [], OPEN),
        ("refused-yet-obtained", [ask(20, "denied"), call(40, LOCATE)], LEAD),
        ("refused-yet-obtained", [ask(20, "denied"), call(40, LOCATE, result="denied")], PASSED),
        ("refused-yet-obtained", [ask(20, "denied"), ask(30, "granted"), call(40, LOCATE)], PASSED),
        ("refused-yet-obtained", [call(40, LOCATE)], OPEN),
        ("contacts-location-out-of-scene", [event("background", 60), call(90, LOCATE)], LEAD),
        ("contacts-location-out-of-scene", [call(40, LOCATE)], OPEN),
        ("silent-or-background-collection", [event("background", 60), call(90, LOCATE)], OPEN),
        ("silent-or-background-collection", [event("background", 60), call(90, APPS)], LEAD),
        ("collection-at-fixed-interval", [call(20 + 30 * n, SECURE, PUSH, key="android_id") for n in range(12)], LEAD),
        ("collection-at-fixed-interval", [call(t, SECURE, PUSH, key="android_id") for t in (20, 21, 70, 95, 200, 201, 333)], PASSED),
    ],
)
def test_what_a_log_shows(judged: Any, rule: str, records: list[dict[str, Any]], expected: tuple[str, bool]) -> None:
    assert told(judged(log=log(*records)), rule) == expected


def test_a_run_in_which_nobody_asked_for_consent(judged: Any) -> None:
    early = call(3, SECURE, key="android_id")
    assert told(judged(log=log(early, consent=None)), "consent-dialog-missing") == LEAD
    assert told(judged(log=log(early)), "consent-dialog-missing") == OPEN
    assert told(judged(log=log(early, event("consent-shown", 2), consent=None)), "consent-dialog-missing") == OPEN
    assert told(judged(log=log(early, consent=None, seconds=20)), "consent-dialog-missing") == OPEN


@pytest.mark.parametrize(
    ("records", "seconds", "starts", "chain"),
    [
        ([event("process-start", 3000, process=APP, cause="boot")], 90_000, LEAD, PASSED),
        ([event("process-start", 3000 * n, process=APP, cause="job", by="android") for n in (1, 2, 3)], 90_000, LEAD, PASSED),
        ([event("process-start", 3000, process=APP, cause="job", by="android")], 90_000, PASSED, PASSED),
        ([event("process-start", 3000, process="com.sister.app", package="com.sister.app", cause="service", by=APP)], 90_000, PASSED, LEAD),
        ([event("process-start", 3000, process=APP, cause="broadcast", by="com.xiaomi.xmsf")], 90_000, PASSED, PASSED),
        ([], 90, OPEN, OPEN),
    ],
)
def test_starts_without_the_user(judged: Any, records: list[dict[str, Any]], seconds: float, starts: tuple[str, bool], chain: tuple[str, bool]) -> None:
    found = judged(log=log(*records, seconds=seconds))
    assert (told(found, "self-start-observed"), told(found, "chain-start-observed")) == (starts, chain)


def test_the_order_of_lines_and_a_skewed_clock_change_no_verdict(judged: Any) -> None:
    records = [ask(2, "granted"), ask(20, "denied", "android.permission.CAMERA"), ask(60, "denied", "android.permission.CAMERA"),
               call(9, SECURE, PUSH, key="android_id"), event("background", 90), call(95, LOCATE), call(99, APPS, PUSH)]  # fmt: skip
    policy, straight = page(COLLECTS, listed(JPUSH)), log(*records)
    head, *lines = straight.splitlines(keepends=True)
    mixed = head + "".join(lines[n] for n in (9, 3, 0, 7, 11, 5, 2, 8, 10, 1, 6, 4))
    assert len(lines) == 12
    skewed = straight.replace('"wall": 1795759200000', '"wall": 1795759999000')
    first = {r: (f.outcome, f.reasons) for r, f in judged(policy=policy, log=straight).items()}
    for other in (mixed, skewed):
        assert {r: (f.outcome, f.reasons) for r, f in judged(policy=policy, log=other).items()} == first
    assert {r for r, (outcome, _) in first.items() if outcome == "failed"} >= {"permission-asked-before-consent"}


# ---- what code can do -----------------------------------------------------------------------------

STRING = "Ljava/lang/String;"
READ = [("invoke-virtual", [0], f"Landroid/telephony/TelephonyManager;->getDeviceId(){STRING}"), ("move-result", 1)]


def test_data_in_an_intent_that_opens_something(judged: Any) -> None:
    intent = "Landroid/content/Intent;"
    put = [("new-instance", 3, intent), ("invoke-direct", [3], f"{intent}-><init>()V"), ("const-string", 4, "id"), ("invoke-virtual", [3, 4, 1], f"{intent}->putExtra({STRING}{STRING}){intent}")]
    opens = ("invoke-virtual", [5, 3], f"Landroid/content/Context;->startActivity({intent})V")
    code = [Cls("Lcom/example/app/Main;", [Mth("f", "()V", [*READ, *put, opens, ("return-void",)])])]
    root = build.manifest(("provider", {"android:name": ".Main", "android:authorities": "a"}))
    assert told(judged(package=apk(root, code)), "data-to-opened-app") == LEAD
    assert told(judged(package=apk(root)), "data-to-opened-app") == OPEN


def test_the_sample_sdk_starts_nothing_by_itself(judged: Any) -> None:
    data = (SAID.parent / "sdk" / "sample-sdk.aar").read_bytes()
    found = judged(aar=data)
    assert told(found, "sdk-starts-by-itself") == PASSED
    assert told(found, "sdk-documentation-incomplete") == OPEN
    assert told(judged(aar=data, policy=page(COLLECTS)), "sdk-documentation-incomplete") == LEAD
