"""The exhibits that go with the violator sample: what its policy says, what it did, what it sent.

    python samples/said/build.py [--check]

Everything is invented: the company, the hosts (names reserved for examples, but for the domain of one real SDK, to which
nothing was ever sent), the identifiers of the test device (`seeds.yml`, made by `mingcha seeds new`). Planted: the policy
denies collecting the phone number, names device information only in general, lists two SDKs and one item of each; the log
shows calls before consent, in background and a refusal that was respected; the capture shows identifiers in the clear, as
MD5 and in base64, to the app's own host and to an SDK's, before consent and after. Near-misses: an item that is named and read after consent, an
attempt that the system refused, an identifier-like number that is none of the device's.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PACKAGE = "org.mingcha.sample.violator"
SECOND = 1_000_000_000
OWN = f"{PACKAGE}.ReadsDeviceIdentifiers.all(ReadsDeviceIdentifiers.java:21)"
PUSH, STATS = "cn.jpush.android.MingchaSampleStub.touch(Unknown Source)", "com.umeng.commonsdk.MingchaSampleStub.touch(Unknown Source)"
PHONE = "android.telephony.TelephonyManager"

POLICY = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>违规示例隐私政策</title></head><body>
<h1>违规示例隐私政策</h1>
<p>更新日期：2026年10月8日　生效日期：2026年10月15日</p>
<p>违规示例由示例科技有限公司（注册地址：示例市示例路1号，以下简称“我们”）开发和运营。</p>
<h2>一、我们如何收集和使用您的个人信息</h2>
<p>为保障账号安全，我们会收集您的 Android ID。</p>
<p>为统计使用情况，我们会收集您的设备信息。</p>
<p>在您使用附近门店功能时，我们会收集您的精准定位信息；您可以拒绝，拒绝后不影响其他功能。</p>
<p>我们不会收集您的手机号码。</p>
<h2>二、第三方 SDK 清单</h2>
<table>
<tr><th>SDK 名称</th><th>提供方</th><th>使用目的</th><th>收集的个人信息类型</th><th>隐私政策链接</th></tr>
<tr><td>极光推送 SDK</td><td>深圳市和讯华谷信息技术有限公司</td><td>消息推送</td><td>Android ID</td><td>https://www.jiguang.cn/license/privacy</td></tr>
<tr><td>友盟+ 基础组件库</td><td>友盟同欣（北京）科技有限公司</td><td>统计分析</td><td>MAC 地址</td><td>https://www.umeng.com/page/policy</td></tr>
</table>
<h2>三、我们如何共享您的个人信息</h2>
<p>未经您单独同意，我们不会向第三方提供您的个人信息。</p>
<h2>四、您的权利</h2>
<p>您可以在“我的—设置—账号”中查阅、更正、删除您的个人信息。注销账号的申请在十五个工作日内处理完毕。</p>
<h2>五、未成年人</h2>
<p>我们不向未满十四周岁的未成年人提供服务。</p>
<h2>六、如何联系我们</h2>
<p>您可以发送邮件至 privacy@sample.example，我们在十五个工作日内答复。</p>
</body></html>
"""


def behaviour() -> str:
    """The canonical log, one record a line."""

    def call(t: float, api: str, stack: str, result: str = "value", **more: Any) -> dict[str, Any]:
        frames = [f"{api}(Native Method)", stack, f"{PACKAGE}.App.onCreate(App.java:9)"]
        return {"t": int(t * SECOND), "pid": 4021, "uid": 10123, "process": PACKAGE, "thread": "main", "api": api, "result": result,
                "stack": frames} | more  # fmt: skip

    hooks = [f"{PHONE}.getDeviceId", f"{PHONE}.getLine1Number", "android.provider.Settings$Secure.getString",
             "android.net.wifi.WifiInfo.getMacAddress", "android.location.LocationManager.getLastKnownLocation",
             "android.content.ClipboardManager.getPrimaryClip", "android.content.pm.PackageManager.getInstalledPackages"]  # fmt: skip
    records: list[dict[str, Any]] = [
        {"mingcha-behaviour": 1, "event": "run", "run": "r1", "package": PACKAGE, "uid": 10123, "device": "test device",
         "tool": "recorder 1", "consent_at_start": "none", "hooks": hooks},
        # The device's clock is five minutes ahead of the one that recorded the traffic; the readings of both say so.
        {"event": "clock-sync", "t": 0, "wall": 1795759500000, "recorder": 1795759200012, "within": 25},
        *({"event": "hook-test", "t": 1000 + n, "api": h, "result": "ok"} for n, h in enumerate(hooks)),
        {"event": "process-start", "t": SECOND // 10, "process": PACKAGE, "cause": "activity", "by": "com.vendor.launcher"},
        {"event": "foreground", "t": SECOND // 5},
        call(0.6, f"{PHONE}.getDeviceId", OWN),
        call(0.7, f"{PHONE}.getLine1Number", OWN),
        call(0.8, "android.provider.Settings$Secure.getString", PUSH, key="android_id"),
        call(0.9, "android.net.wifi.WifiInfo.getMacAddress", STATS),
        call(1.2, "android.location.LocationManager.getLastKnownLocation", OWN, "denied"),
        {"event": "consent-shown", "t": 2 * SECOND},
        {"event": "input", "t": int(6.9 * SECOND)},
        {"event": "consent-accepted", "t": 7 * SECOND, "consent_id": "policy"},
        call(7.4, "android.provider.Settings$Secure.getString", OWN, key="android_id"),
        call(8.0, f"{PHONE}.getDeviceId", OWN),
        call(9.5, "android.content.pm.PackageManager.getInstalledPackages", STATS),
        {"event": "permission", "t": 12 * SECOND, "permission": "android.permission.ACCESS_FINE_LOCATION", "answer": "denied"},
        {"event": "permission", "t": 40 * SECOND, "permission": "android.permission.ACCESS_FINE_LOCATION", "answer": "denied"},
        {"event": "background", "t": 60 * SECOND},
        *(call(61 + n * 4, "android.net.wifi.WifiInfo.getMacAddress", PUSH) for n in range(45)),
        {"event": "screen-off", "t": 250 * SECOND},
        {"event": "clock-sync", "t": 251 * SECOND, "wall": 1795759751000, "recorder": 1795759451008, "within": 25},
    ]  # fmt: skip
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)


def capture(seeds: dict[str, str]) -> str:
    """A HAR of the same run."""
    begin = 1795759200

    def entry(at: float, url: str, body: str = "", kind: str = "application/json") -> dict[str, Any]:
        request = {"method": "POST" if body else "GET", "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
                   "headers": [{"name": "Content-Type", "value": kind}] if body else [], "headersSize": -1, "bodySize": len(body)}  # fmt: skip
        if body:
            request["postData"] = {"mimeType": kind, "text": body}
        seconds = begin + at
        stamp = f"2026-11-27T{int(seconds % 86400 // 3600):02d}:{int(seconds % 3600 // 60):02d}:{seconds % 60:06.3f}Z"
        return {"startedDateTime": stamp, "time": 30, "request": request, "cache": {}, "timings": {"send": 1, "wait": 28, "receive": 1},
                "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "redirectURL": "",
                             "content": {"size": 2, "mimeType": "application/json", "text": "{}"}, "headersSize": -1, "bodySize": 2}}  # fmt: skip

    md5 = hashlib.md5(seeds["imei-1"].encode(), usedforsecurity=False).hexdigest()
    phone = base64.b64encode(json.dumps({"p": seeds["phone"]}).encode()).decode()
    entries = [
        entry(1.0, f"http://api.sample.example/init?did={md5}&v=0.7"),
        entry(1.4, "https://api.sample.example/login", json.dumps({"data": phone})),
        entry(1.6, "https://stats.jpush.cn/v2/report", json.dumps({"android_id": seeds["android-id"], "model": "test"})),
        entry(9.0, "https://api.sample.example/home", json.dumps({"android_id": seeds["android-id"], "order": "867530900000001"})),
        entry(62.0, "http://log.ads.example/collect", json.dumps({"mac": seeds["mac"]})),
    ]
    har = {"log": {"version": "1.2", "creator": {"name": "mingcha samples", "version": "1"}, "entries": entries}}
    return json.dumps(har, ensure_ascii=False, indent=1) + "\n"


def files() -> dict[str, str]:
    """Name -> content of what is built; `seeds.yml` is made once and kept."""
    sheet = yaml.safe_load((HERE / "seeds.yml").read_text(encoding="utf-8"))
    seeds = {s["id"]: str(s["value"]) for s in sheet["seeds"]}
    return {"policy.html": POLICY, "behaviour.jsonl": behaviour(), "capture.har": capture(seeds)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only tell whether the files are what this script writes")
    only = parser.parse_args().check
    wrong = [n for n, text in files().items() if not (HERE / n).is_file() or (HERE / n).read_text(encoding="utf-8") != text]
    if not only:
        for name, text in files().items():
            (HERE / name).write_text(text, encoding="utf-8")
    print(f"differ: {', '.join(wrong)}" if only and wrong else "as built")
    return int(only and bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
