"""A rich inspection of an invented app, with the names a hostile package would carry."""

from __future__ import annotations

import hashlib
from typing import Any

from mingcha.model import (
    SCHEMA,
    CatalogueRef,
    Citation,
    Evidence,
    Exhibit,
    Finding,
    Inspection,
    Limitation,
    Outcome,
    Owner,
    Signer,
    Subject,
    Summary,
    Tool,
)

APK = hashlib.sha256(b"apk").hexdigest()
POLICY = hashlib.sha256(b"policy").hexdigest()
HOSTILE_NAME = "好运记账\u202egpj.exe<script>alert(1)</script>\u200b\n</style><b>x"
HOSTILE_CLASS = 'Lcom/evil/"><img src=x onerror=alert(2)>;->run\u202e()V'
BELL = "\x1b[31mred\x07"

PUSH = Owner(kind="sdk", id="jpush", name="极光推送")
ADS = Owner(kind="sdk", id="pangle", name="穿山甲")
APP = Owner(kind="app", id="app", name="")
NOBODY = Owner(kind="unknown", id="", name="a.b.c")

LAWS = {
    "PIPL": ("个人信息保护法", "Personal Information Protection Law"),
    "CSL": ("网络安全法", "Cybersecurity Law"),
    "MIIT-164": ("工信部信管函〔2020〕164号", "MIIT notice 164 (2020)"),
    "MIIT-26": ("工信部信管函〔2023〕26号", "MIIT notice 26 (2023)"),
    "CAC-191": (
        "App违法违规收集使用个人信息行为认定方法",
        "Method for identifying illegal collection by apps",
    ),
    "TAF-078": ("T/TAF 078 用户权益保护测评规范", "T/TAF 078 user rights test specification"),
}


def cite(law: str, article: str, mark: str = "official", **more: str) -> Citation:
    zh, en = LAWS[law]
    texts = {
        "zh": "收集个人信息应当限于实现处理目的的最小范围，不得过度收集。",
        "en": "Collection is limited to the least that the purpose needs; excessive collection is barred.",
    }
    return Citation(law=law, article=article, mark=mark, name={"zh": zh, "en": en}, text=texts, **more)  # type: ignore[arg-type]


def call(caller: str, callee: str, owner: Owner, item: str, dex: str = "classes2.dex") -> Evidence:
    fact = {"kind": "api-call", "exhibit": APK, "where": dex, "caller": caller, "callee": callee, "item": item,
            "api": "x", "group": "item", "via": "direct", "dex": dex, "count": 1}  # fmt: skip
    return Evidence(
        exhibit=APK, where=dex, text=f"{caller} → {callee}", owner=owner, path=(caller, callee), fact=fact
    )


def other(kind: str, text: str, owner: Owner = APP, where: str = "AndroidManifest.xml") -> Evidence:
    return Evidence(exhibit=APK, where=where, text=text, owner=owner, fact={"kind": kind, "where": where})


IMEI = "Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;"
ANDROID_ID = "Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;"
INSTALLED = "Landroid/content/pm/PackageManager;->getInstalledPackages(I)Ljava/util/List;"
LOCATION = (
    "Landroid/location/LocationManager;->getLastKnownLocation(Ljava/lang/String;)Landroid/location/Location;"
)


def finding(rule: str, scenario: str, outcome: Outcome, zh: str, en: str, **more: Any) -> Finding:
    evidence = tuple(more.pop("evidence", ()))
    values: dict[str, Any] = {
        "title": {"zh": zh, "en": en},
        "version": 1,
        "status": "stable",
        "issue_types": (),
        "confidence": "proved",
        "severity": "moderate",
        "what": {"zh": f"{zh}。本规则查看清单、配置与代码中的接口引用。", "en": f"{en}. The rule looks at manifest, configuration and references in code."},
        "why": {"zh": "过度收集会扩大泄露和滥用的后果。", "en": "Excess collection widens the harm of leaks and abuse."},
        "basis": (cite("PIPL", "6"), cite("CAC-191", "4.1", "recalled", failed="further-testing")),
        "evidence": evidence,
        "evidence_total": len(evidence),
        "remedy": {"zh": "移除不必要的调用；确有必要的，应当在用户同意之后、使用相应功能时再调用，并在隐私政策中逐项列明目的、方式和范围。",
                   "en": "Remove calls that are not needed. Where one is, make it after consent and when the function is used, and list purpose, means and scope in the privacy policy."},
        "shows_not": {"zh": "代码中的引用不表示该接口在运行中被调用，也不表示数据已经传出。", "en": "A reference in code does not show that the interface is called, nor that data left the device."},
        "limits": {"zh": "只看静态代码；动态加载和加固的代码不在其内。", "en": "Static code only; code loaded at run time or packed is not covered."},
    }  # fmt: skip
    values.update(more)
    return Finding(rule=rule, scenario=scenario, outcome=outcome, **values)


def findings() -> list[Finding]:
    long_list = [
        call(f"Lcn/jiguang/core/device/very/deeply/nested/pkg{n}/DeviceInformationCollector$Inner{n};->"
             f"collectEverythingFromThisDevice{n}(Landroid/content/Context;IJ[B)Ljava/lang/String;", IMEI, PUSH, "imei")
        for n in range(23)
    ]  # fmt: skip
    result = [
        finding("imei-before-consent-path", "C5-15", "failed", "启动阶段可在同意之前读取设备唯一标识", "Start-up code reads device identifiers before consent",
                severity="critical", issue_types=("N01",), evidence=[
                    Evidence(exhibit=APK, where="classes.dex", text="start-up path", owner=PUSH,
                             path=("Lcom/lucky/App;->onCreate()V", "Lcom/lucky/init/Launcher;->start(Landroid/content/Context;)V",
                                   "Lcn/jpush/android/api/JPushInterface;->init(Landroid/content/Context;)V", "Lcn/jiguang/a/b;->c()V", IMEI),
                             fact={"kind": "startup-path", "callee": IMEI, "entry": "Lcom/lucky/App;->onCreate()V"}),
                    *long_list], evidence_total=57, basis=(cite("PIPL", "13"), cite("MIIT-164", "1", "official"), cite("TAF-078", ".4", "press"))),
        finding("cleartext-traffic-allowed", "C5-13", "failed", "应用允许明文传输", "Cleartext traffic is allowed", severity="serious",
                evidence=[other("package", "android:usesCleartextTraffic=true (targetSdkVersion 33)")]),
        finding("tls-trust-all", "C5-13", "failed", "证书校验被关闭，任何证书均被信任", "Certificate checks are switched off", severity="critical",
                evidence=[Evidence(exhibit=APK, where="classes3.dex", text="X509TrustManager without checks", owner=APP,
                                   fact={"kind": "code-pattern", "method": "Lcom/lucky/net/Trust;->checkServerTrusted([Ljava/security/cert/X509Certificate;Ljava/lang/String;)V"})]),
        finding("exported-provider-open", "C5-14", "failed", "对外开放的内容提供者未设权限", "An exported provider has no permission", severity="moderate", status="trial",
                evidence=[other("component", f"provider {HOSTILE_NAME} exported=true permission=∅"), other("component", "provider com.lucky.bill.FileProvider exported=true")]),
        finding("world-readable-file", "C5-14", "failed", "文件以全局可读方式写入", "A file is written world-readable", severity="minor",
                evidence=[call(HOSTILE_CLASS, "Landroid/content/Context;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;", NOBODY, "x")]),
        finding("ads-permission-phone", "C6-16", "failed", "广告 SDK 读取已安装应用列表", "An advertising SDK reads the list of installed apps", severity="serious", issue_types=("N02", "N03"),
                evidence=[call("Lcom/bytedance/sdk/openadsdk/core/a/b;->a(Landroid/content/Context;)Lorg/json/JSONArray;", INSTALLED, ADS, "installed-apps")]),
        finding("hide-launcher-icon", "B4-11", "failed", "应用隐藏桌面图标，用户难以卸载", "The app hides its launcher icon", severity="serious", confidence="suspected",
                evidence=[other("code-pattern", "setComponentEnabledSetting(launcher, DISABLED)", APP, "classes.dex")]),
        finding("app-list-query-all", "C5-15", "cantTell", "声明查询全部应用的权限", "The permission to query all packages is requested", confidence="suspected", severity="serious",
                evidence=[other("permission", "android.permission.QUERY_ALL_PACKAGES")], decided_by=("behaviour", "policy"), reasons=("behaviour, policy",)),
        finding("rival-package-names", "A2-04", "cantTell", "代码中含有其他企业产品的包名", "Code names packages of other companies' products", confidence="suspected",
                evidence=[other("text-match", f"com.rival.app{n} {BELL if n == 3 else ''}", APP, "classes.dex") for n in range(12)], decided_by=("behaviour",)),
        finding("self-start-receiver", "B3-09", "cantTell", "注册了开机自启动广播接收器", "A receiver for boot is registered", confidence="suspected", issue_types=("N06",), severity="minor",
                evidence=[other("component", "receiver cn.jpush.android.service.SchedulerReceiver BOOT_COMPLETED", PUSH)]),
        finding("location-by-ads", "C6-16", "cantTell", "广告 SDK 含位置接口引用", "An advertising SDK refers to location interfaces", confidence="suspected",
                evidence=[call("Lcom/bytedance/sdk/openadsdk/l/c;->d()V", LOCATION, ADS, "precise-location")], decided_by=("behaviour", "traffic")),
        finding("personalised-push-switch", "B4-10", "untested", "关闭定向推送后是否真正停止", "Personalised push really stops when switched off", confidence="needs-human", severity="serious",
                sheet={"question": {"zh": "关闭个性化推荐开关并重启应用后，推荐内容和广告请求中的画像标识是否仍与关闭前相同？", "en": "After switching personalisation off and restarting, do recommendations and profile ids in ad requests stay the same?"},
                       "attach": {"zh": "关闭前后的录屏、两次抓包文件及其 SHA-256。", "en": "Screen recordings before and after, both captures and their SHA-256."}}),
        finding("filing-number-current", "D8-22", "untested", "备案信息是否与实际一致", "Filing data agree with what is observed", confidence="needs-human",
                sheet={"question": {"zh": "备案主体、域名和接入服务提供者是否与实际观察一致？", "en": "Do filed subject, domain and access provider agree with what is observed?"},
                       "attach": {"zh": "备案查询截图、域名解析记录。", "en": "Screenshot of the filing query, DNS records."}}),
        finding("splash-full-screen-link", "B3-06", "cantTell", "开屏整屏为跳转链接", "The whole splash screen is a link", confidence="needs-human", decided_by=("screens",), reasons=("screens",)),
        finding("broken-check", "C5-13", "cantTell", "自定义协议是否加密", "A custom protocol is encrypted", confidence="suspected", error="ValueError: bad <b>value</b>\u2066"),
        finding("new-unknown-scenario", "X9-99", "passed", "未知场景的规则", "A rule of an unknown scenario"),
    ]  # fmt: skip
    topics = [("A1-01", "链接屏蔽", "Link blocking"), ("A1-02", "歧视性屏蔽", "Discriminatory blocking"), ("B3-07", "弹窗关闭按钮", "Close button of pop-ups"),
              ("B3-08", "虚假关闭按钮", "Fake close buttons"), ("C5-14", "敏感信息存储", "Storage of sensitive data"), ("C6-17", "第三方清单", "List of third parties"),
              ("C6-18", "管理措施", "Management measures"), ("D7-19", "网络接入资源", "Access resources"), ("D8-21", "备案号展示", "Filing number shown")]  # fmt: skip
    for n, (scenario, zh, en) in enumerate(topics):
        result += [
            finding(f"{en.lower().replace(' ', '-')}-{k}", scenario, outcome, f"{zh}（{k}）", f"{en} ({k})",
                    decided_by=("policy",) if outcome == "cantTell" else (), reasons=("policy",) if outcome == "cantTell" else (),
                    confidence="needs-human" if outcome == "cantTell" else "proved")
            for k, outcome in enumerate(("passed", "inapplicable", "cantTell")[: 1 + n % 3])
        ]  # fmt: skip
    return sorted(result, key=lambda f: f.rule)


def startup() -> dict[str, Any]:
    """Start-up paths of every verdict, long and hostile ones among them."""
    long_way = [f"Lcom/lucky/init/Stage{n};->run{n}(Landroid/content/Context;)V" for n in range(17)]
    ways: dict[str, list[tuple[str, str, str]]] = {
        "short": [("Lcom/lucky/App;->onCreate()V", "entry", "app:com.lucky.bill"),
                  ("Lcom/lucky/init/Launcher;->start(Landroid/content/Context;)V", "call", "app:com.lucky.bill"),
                  ("Lcn/jpush/android/api/JPushInterface;->init(Landroid/content/Context;)V", "call", "sdk:jpush"),
                  ("Lcn/jiguang/a/b;->c()V", "virtual:Lcn/jiguang/a/b$1;", "sdk:jpush"),
                  ("Lcn/jiguang/a/b$1;->run()V", "thread", "sdk:jpush"), (IMEI, "api", "system:android")],
        "long": [("Lcom/lucky/App;->attachBaseContext(Landroid/content/Context;)V", "entry", "app:com.lucky.bill"),
                 *((m, "handler" if n % 5 == 0 else "call", "app:com.lucky.bill" if n < 9 else "sdk:pangle") for n, m in enumerate(long_way)),
                 (ANDROID_ID, "api", "system:android")],
        "hostile": [(HOSTILE_CLASS, "entry", "unknown:"), ("La/b;->" + "x" * 700 + "()V", "never-heard\u202e", "sdk:<i>evil</i>"),
                    ('L"><script>;->a()V', "virtual:L</title><b>;", "unknown:"), (LOCATION, "api", "system:android")],
    }  # fmt: skip

    def told(way: str, verdict: str, **more: Any) -> dict[str, Any]:
        steps = ways.get(way, [])
        return {
            "caller": steps[-2][0] if steps else "Lcom/lucky/Plugin;->load()V", "callee": steps[-1][0] if steps else INSTALLED,
            "api": "x", "verdict": verdict, "entry": steps[0][0] if steps else "", "entry_kind": "application" if steps else "",
            "process": "com.lucky.bill:push" if way == "long" else None, "path": [p for p, _, _ in steps], "steps": [s for _, s, _ in steps],
            "owners": [o for _, _, o in steps], "guard": None, "guard_kind": None, "guard_read": None, "guard_set": [],
            "guard_set_more": 0, "blind": ["native", "reflection"], "exhibit": APK, "where": "classes.dex", **more,
        }  # fmt: skip

    guard = {"guard": "pref:agreed_to_privacy", "guard_kind": "consent", "guard_read": "Lcom/lucky/Consent;->given()Z",
             "guard_set": ["Lcom/lucky/ConsentDialog$1;->onClick(Landroid/view/View;)V"], "guard_set_more": 2}  # fmt: skip
    field = {"guard": f"static:{HOSTILE_CLASS}", "guard_kind": "act", "guard_read": HOSTILE_CLASS, "guard_set": [HOSTILE_CLASS]}
    push, ads, own = ({"kind": o.kind, "id": o.id, "name": o.name} for o in (PUSH, ADS, APP))
    evil = {"kind": "sdk", "id": "<i>evil</i>", "name": HOSTILE_NAME}

    def row(item: str, zh: str, en: str, owner: dict[str, str], counts: tuple[int, int, int, int], *calls: Any, personal: bool = True) -> dict[str, Any]:
        verdicts = ("reachable", "needs-run", "guarded", "not-reachable")
        return {"item": item, "name": {"zh": zh, "en": en}, "sensitive": item == "precise-location", "personal": personal,
                "owner": owner, "verdict": next(v for v, n in zip(verdicts, counts, strict=True) if n),
                "counts": dict(zip(verdicts, counts, strict=True)), "calls": list(calls)}  # fmt: skip

    rows = [
        row("imei", "国际移动设备识别码", "IMEI", push, (4, 1, 0, 7), told("short", "reachable"), told("long", "reachable"), told("", "needs-run")),
        row("precise-location", "精准定位信息", "precise location", evil, (1, 0, 1, 0), told("hostile", "reachable"), told("hostile", "guarded", **field)),
        row("android-id", "安卓标识", "Android ID", ads, (2, 0, 0, 0), told("long", "reachable")),
        *(row(f"screen-{n}", f"屏幕信息（{n}）", f"screen information ({n})", own, (3, 0, 0, 1), told("short", "reachable"), personal=False) for n in range(4)),
        row("installed-apps", "已安装应用列表", "installed apps", ads, (0, 3, 0, 2), told("", "needs-run"), told("", "needs-run", blind=[])),
        row("clipboard", "剪贴板内容", "clipboard", own, (0, 0, 2, 1), told("short", "guarded", **guard), told("short", "guarded", **guard)),
        row("contacts", "通讯录", "contacts", own, (0, 0, 0, 5)),
    ]  # fmt: skip
    counts = {v: sum(r["counts"][v] for r in rows) for v in ("reachable", "needs-run", "guarded", "not-reachable")}
    reach = {"entries": 14, "definitions": 36_120, "reached": 6_218, "instantiated": 911, "upper_bound": None,
             "blind": ["dynamic-code", "native", "reflection"]}  # fmt: skip
    return {"reach": reach, "counts": counts, "rows": rows, "more": 3}


def inventory() -> dict[str, Any]:
    item = {
        "id": "imei",
        "name": {"zh": "国际移动设备识别码", "en": "IMEI"},
        "sensitive": False,
        "callers": 23,
    }
    place = {
        "id": "precise-location",
        "name": {"zh": "精准定位信息", "en": "precise location"},
        "sensitive": True,
        "callers": 4,
    }
    apps = {
        "id": "installed-apps",
        "name": {"zh": "已安装应用列表", "en": "installed apps"},
        "sensitive": False,
        "callers": 2,
    }
    known = [("jpush", "极光推送", "JPush", "深圳市和讯华谷信息技术有限公司", "Aurora Mobile", "push", 412, [item, place]),
             ("pangle", "穿山甲", "Pangle", "北京巨量引擎网络技术有限公司", "Ocean Engine", "ads", 3180, [item, place, apps]),
             ("umeng", "友盟统计", "Umeng Analytics", "友盟同欣（北京）科技有限公司", "Umeng", "analytics", 655, [item]),
             ("amap", "高德定位", "AMap Location", "高德软件有限公司", "AutoNavi", "location", 920, [place]),
             ("wechat", "微信开放平台", "WeChat Open SDK", "深圳市腾讯计算机系统有限公司", "Tencent", "login", 188, []),
             ("okhttp", "OkHttp", "OkHttp", "Square", "Square", "network", 240, []),
             ("glide", "Glide", "Glide", "Bump Technologies", "Bump Technologies", "image", 510, []),
             ("<i>evil</i>", HOSTILE_NAME, HOSTILE_NAME, "", "", "unheard-of", 3, [])]  # fmt: skip
    sdks = [
        {"id": i, "name": zh, "name_en": en, "vendor": vz, "vendor_en": ve, "purpose": p, "version": "5.2.1" if c > 400 else None,
         "classes": c, "state": ("initialised", "dormant", "present")[c % 3], "libs": [], "confidence": "high" if c > 100 else "low", "by": ["package", "component"][: 1 + c % 2],
         "personal": p not in ("network", "image"), "items": items, "permissions": ["android.permission.READ_PHONE_STATE"] if items else []}
        for i, zh, en, vz, ve, p, c, items in known
    ]  # fmt: skip
    names = [("READ_PHONE_STATE", "读取电话状态", "Read phone state", "dangerous", "yes", False), ("ACCESS_FINE_LOCATION", "精确位置", "Precise location", "dangerous", "yes", True),
             ("READ_CONTACTS", "读取联系人", "Read contacts", "dangerous", "no", False), ("CAMERA", "相机", "Camera", "dangerous", "yes", None),
             ("RECORD_AUDIO", "录音", "Record audio", "dangerous", "no", False), ("INTERNET", "联网", "Internet", "normal", "unknown", None),
             ("SYSTEM_ALERT_WINDOW", "悬浮窗", "Overlay window", "special", "yes", False), ("QUERY_ALL_PACKAGES", "查询所有应用", "Query all packages", "normal", "yes", None)]  # fmt: skip
    permissions = [
        {"name": f"android.permission.{n}", "title": {"zh": zh, "en": en}, "level": level, "declared_max_sdk": 28 if n == "READ_CONTACTS" else None, "items": [],
         "used_by": [{"kind": "sdk", "id": "jpush", "name": "极光推送"}, {"kind": "app", "id": "", "name": ""}] if used == "yes" else [], "used": used, "needed": needed}
        for n, zh, en, level, used, needed in names
    ]  # fmt: skip
    permissions.append(
        {
            "name": "com.lucky." + "very_long_custom_permission_" * 6 + "\u202eNOISSIMREP",
            "title": {},
            "level": None,
            "used": "unknown",
            "used_by": [],
        }
    )
    owners = [
        {"kind": "sdk", "id": "jpush", "name": "极光推送"},
        {"kind": "sdk", "id": "pangle", "name": "穿山甲"},
        {"kind": "app", "id": "", "name": ""},
    ]
    items = [{**entry, "owners": owners[: 1 + n], "apis": ["android.telephony.TelephonyManager.getImei", "android.location.LocationManager.getLastKnownLocation"]}
             for n, entry in enumerate((item, place, apps))]  # fmt: skip
    hosts: list[dict[str, Any]] = [
        {
            "host": f"api{n}.lucky-bill.example",
            "cleartext": n % 7 == 0,
            "owner": owners[n % 3],
            "vendor": None,
            "count": n,
        }
        for n in range(45)
    ]
    hosts.append(
        {
            "host": "xn--evil\u200b.example",
            "cleartext": True,
            "owner": "app",
            "vendor": "极光推送",
            "count": 1,
        }
    )
    return {
        "sdks": sdks, "permissions": permissions, "items": items, "hosts": hosts,
        "components": {"activity": {"total": 84, "exported": 5}, "service": {"total": 23, "exported": 4}, "receiver": {"total": 17, "exported": 9}, "provider": {"total": 6, "exported": 2}},
        "signing": [{"scheme": "v2", "sha256": "ab" * 32, "sha1": "cd" * 20, "md5": "ef" * 16, "subject": f"CN=Lucky, O={BELL}", "key": "RSA-2048", "hash": "sha256", "not_after": "2046-01-01T00:00:00Z", "debug": False}],
        "packers": [{"id": "jiagu", "name": "某加固", "signals": ["lib/arm64-v8a/libjiagu.so", "com.stub.StubApp"]}],
        "deviations": [{"code": "zip-header-mismatch", "detail": f"entry {n}: local header differs \u2067x"} for n in range(11)],
        "native": [], "package": {}, "startup": startup(),
        "self_start": [
            {"direction": d, "cause": c, "owner": owners[k % 3], "count": n, "places": [p] * min(n, 1), "actions": [a] if a else [], "targets": [t] if t else [],
             "interval": i, "reached": k % 2, "by": "code" if k == 1 else "manifest", "places_more": n // 3}
            for k, (d, c, n, p, a, t, i) in enumerate([
                ("wakes", "wakes-other", 2, "Lcn/jiguang/a/w;->b(Landroid/content/Context;)V", "bindService", "com.other.app", None),
                ("self", "boot", 1, "cn.jpush.android.service.SchedulerReceiver", "android.intent.action.BOOT_COMPLETED", None, None),
                ("self", "alarm", 3, HOSTILE_CLASS, "AlarmManager.setRepeating", None, 60.0),
                ("woken", "exported-service", 4, HOSTILE_NAME, None, None, None), ("self", "unheard-of", 0, "", None, None, None),
                *(("self", "job", 1, f"com.lucky.Job{n}", None, None, 900.0) for n in range(6)),
            ])
        ],
    }  # fmt: skip


def inspection(found: list[Finding] | None = None) -> Inspection:
    found = findings() if found is None else found
    outcomes = {
        o: sum(1 for f in found if f.outcome == o)
        for o in ("failed", "cantTell", "untested", "passed", "inapplicable")
    }
    failed = [f for f in found if f.outcome == "failed"]
    applicable = len(found) - outcomes["inapplicable"]
    return Inspection(
        schema=SCHEMA,
        tool=Tool(name="mingcha", version="0.1.0", catalogue=CatalogueRef(version="2026.11", digest="5e" * 32, at="2026-11-22")),
        subject=Subject(
            kind="app", name=HOSTILE_NAME, id="com.lucky.bill", version="3.14.2", version_code=31402, sha256=APK, size=84_213_907,
            signers=(Signer(sha256="ab" * 32, sha1="cd" * 20, md5="ef" * 16),), developer="北京好运数字科技有限公司", app_type=7,
        ),
        exhibits=(
            Exhibit(kind="package", name="lucky\u202ekpa.exe", sha256=APK, size=84_213_907, reader="apk", status="partly",
                    limitations=(Limitation(code="packed", detail="libjiagu.so"), Limitation(code="malformed-resources", detail=f"chunk {BELL}"))),
            Exhibit(kind="policy", name="隐私政策.html", sha256=POLICY, size=48_211, reader="", status="refused"),
        ),
        findings=tuple(found),
        summary=Summary(
            outcomes=outcomes,
            failed_by_severity={s: sum(1 for f in failed if f.severity == s) for s in ("critical", "serious", "moderate", "minor")},
            failed_by_scenario={f.scenario: 1 for f in failed},
            completeness=(outcomes["failed"] + outcomes["passed"]) / applicable if applicable else 0.0,
            observed=("package",),
            missing={"behaviour": 21, "traffic": 14, "policy": 12, "screens": 9, "register": 2, "sheet": 2, "unheard-of": 1},
        ),
        timing={"total": 2.41},
        inventory=inventory(),
    )  # fmt: skip


def clean() -> Inspection:
    """Nothing failed, no inventory, no exhibits' limitations."""
    found = [f for f in findings() if f.outcome == "passed"]
    full = inspection(found)
    return Inspection(schema=full.schema, tool=full.tool, subject=Subject(kind="sdk", platform="hongmeng"), exhibits=(), findings=tuple(found), summary=Summary(
        outcomes={}, failed_by_severity={}, failed_by_scenario={}, completeness=1.0, observed=(), missing={}), timing={})  # fmt: skip


def large(n: int = 300) -> Inspection:
    """`n` findings by repeating those of the rich one under other ids."""
    base = findings()
    found = []
    for k in range(n):
        f = base[k % len(base)]
        found.append(
            Finding(**{**{name: getattr(f, name) for name in f.__struct_fields__}, "rule": f"{f.rule}-{k}"})
        )
    return inspection(found)
