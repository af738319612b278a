"""Values followed through class files as javac writes them, with near misses beside."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest

from mingcha.extract.package import classfile
from mingcha.extract.package.flow.constants import patterns
from mingcha.extract.package.flow.flows import flows
from mingcha.extract.package.graph.objects import Objects
from mingcha.extract.package.graph.world import World
from tests.extract.package.flow.test_flows import OWNERS, REFERENCE, call

STUBS = {
    "android/telephony/TelephonyManager": "public class TelephonyManager { public native String getDeviceId(); }",
    "android/util/Log": "public class Log { public static native int d(String t, String m); }",
    "android/hardware/SensorEvent": "public class SensorEvent { public float[] values; }",
    "android/hardware/SensorEventListener": "public interface SensorEventListener { void onSensorChanged(SensorEvent e); }",
    "android/content/Context": "public class Context { public native void startActivity(Intent i); }",
    "android/content/Intent": "public class Intent { }",
    "android/media/AudioRecord": "public class AudioRecord { public native int read(byte[] b, int o, int n); }",
}
SOURCE = """
package a;
import android.media.AudioRecord;
import android.telephony.TelephonyManager;
import android.util.Log;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
public class T {
    private String kept;
    static void joined(TelephonyManager t) { String s = t.getDeviceId(); Log.d("t", "id=" + s + ";"); }
    static void counted(TelephonyManager t) { String s = t.getDeviceId(); Log.d("t", "length " + s.length()); }
    static void lambda(TelephonyManager t) { String s = t.getDeviceId(); new Thread(() -> Log.d("t", s)).start(); }
    static void other(TelephonyManager t) { String s = t.getDeviceId(), o = "no"; new Thread(() -> Log.d("t", o)).start(); s.trim(); }
    void field(TelephonyManager t) { kept = t.getDeviceId(); }
    void later() { Log.d("t", kept); }
    static String get(TelephonyManager t) { return t.getDeviceId(); }
    static void up(TelephonyManager t, long before, double x) { byte[] b = get(t).getBytes(); Log.d("t", new String(b)); }
    static void chosen(TelephonyManager t, boolean on) { String s = t.getDeviceId(); Log.d(on ? "a" : "b", on ? s : null); }
    static void caught(TelephonyManager t) {
        String s = null;
        try { s = t.getDeviceId(); if (s.isEmpty()) throw new RuntimeException(); } catch (RuntimeException e) { Log.d("t", s); }
    }
    static void overwritten(TelephonyManager t) { String s = t.getDeviceId(); s = "x"; Log.d("t", s); }
    static void status(AudioRecord r) { byte[] b = new byte[9]; int n = r.read(b, 0, 9); Log.d("t", "read " + n); }
    static void sound(AudioRecord r, java.io.File f) throws java.io.IOException {
        byte[] b = new byte[9];
        java.io.FileOutputStream o = new java.io.FileOutputStream(f);
        int n = r.read(b, 0, 9);
        o.write(b, 0, n);
    }
    static final byte[] KEY = {1, 2, 3, 4, 5, 6, 7, 8};
    static Object array() { byte[] k = {9, 8, 7, 6, 5, 4, 3, 2}; return new SecretKeySpec(k, "DES"); }
    static Object field() { return new SecretKeySpec(KEY, "DES"); }
    static Object zero() { return new IvParameterSpec(new byte[16]); }
    static Object random(java.security.SecureRandom r) { byte[] k = new byte[8]; r.nextBytes(k); return new SecretKeySpec(k, "DES"); }
    static Object built(int n) { byte[] k = {9, 8, 7, (byte) n}; return new SecretKeySpec(k, "DES"); }
    static class Shakes implements android.hardware.SensorEventListener {
        android.content.Context context;
        public void onSensorChanged(android.hardware.SensorEvent e) {
            double all = Math.sqrt(e.values[0] * e.values[0] + e.values[1] * e.values[1]);
            if (all > 12.5) context.startActivity(new android.content.Intent());
        }
    }
    static class Turns implements android.hardware.SensorEventListener {
        android.content.Context context;
        public void onSensorChanged(android.hardware.SensorEvent e) {
            if (Math.abs(e.values[2]) >= 9.8f) context.startActivity(new android.content.Intent());
        }
    }
    static class Counts implements android.hardware.SensorEventListener {
        int steps;
        public void onSensorChanged(android.hardware.SensorEvent e) { if (e.values[0] > 9.5f) steps++; }
    }
}
"""


@pytest.fixture(scope="module", params=["8", "11"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same source for Java 8, which appends, and for Java 11, which has call sites put texts together."""
    if not shutil.which("javac"):
        pytest.skip("javac is not installed")
    folder = tmp_path_factory.mktemp("java")
    for name, text in {**STUBS, "a/T": SOURCE}.items():
        path = folder / "src" / f"{name}.java"
        path.parent.mkdir(parents=True, exist_ok=True)
        package = "" if name == "a/T" else f"package {name.rpartition('/')[0].replace('/', '.')};\n"
        path.write_text(package + text)
    files = [str(p) for p in (folder / "src").rglob("*.java")]
    command = [
        "javac",
        "--release",
        request.param,
        "-nowarn",
        "-Xlint:-options",
        "-d",
        folder / "out",
        *files,
    ]
    subprocess.run(command, check=True, capture_output=True)
    classes = [(p.name, p.read_bytes()) for p in sorted((folder / "out/a").rglob("*.class"))]
    return World.of([classfile.read("classes.jar", classes)], REFERENCE.framework)


def kinds(
    world: World, name: str, proto: str = "(Landroid/telephony/TelephonyManager;)V", **more: Any
) -> list[str]:
    found = flows(world, [call(f"La/T;->{name}{proto}", **more)], OWNERS, REFERENCE.sinks, "0" * 64)
    return sorted(f["sink_kind"] for f in found)


@pytest.mark.parametrize("name", ["joined", "lambda", "field", "caught"])
def test_values_that_reach_the_log(world: World, name: str) -> None:
    assert kinds(world, name) == ["log"]


@pytest.mark.parametrize("name", ["counted", "other", "overwritten"])
def test_values_that_do_not(world: World, name: str) -> None:
    assert kinds(world, name) == []


def test_back_to_a_caller_and_through_a_choice(world: World) -> None:
    found = list(
        flows(
            world,
            [call("La/T;->get(Landroid/telephony/TelephonyManager;)Ljava/lang/String;")],
            OWNERS,
            REFERENCE.sinks,
            "",
        )
    )
    assert [f["sink_kind"] for f in found] == ["log"]
    assert [p.partition("(")[0] for p in found[0]["path"]] == ["La/T;->get", "La/T;->up"]
    assert kinds(world, "chosen", "(Landroid/telephony/TelephonyManager;Z)V") == ["log"]


READ = {"callee": "Landroid/media/AudioRecord;->read([BII)I", "item": "audio-recording"}


def test_what_read_fills_is_the_value_and_not_how_much_it_was(world: World) -> None:
    assert kinds(world, "status", "(Landroid/media/AudioRecord;)V", **READ) == []
    assert kinds(world, "sound", "(Landroid/media/AudioRecord;Ljava/io/File;)V", **READ) == ["file"]


def test_keys_in_arrays_and_thresholds_of_sensors(world: World) -> None:
    found = {
        (f["pattern"], f["method"].partition("(")[0]): (f["value"], f["detail"].partition(" → ")[0])
        for f in patterns(world, Objects(world), [], OWNERS, REFERENCE.sinks, "")
    }
    assert found == {
        ("crypto-fixed-key", "La/T;->array"): (None, "byte[8]{…}"), ("crypto-fixed-key", "La/T;->field"): (None, "byte[8]{…}"),
        ("crypto-fixed-iv", "La/T;->zero"): (None, "byte[16] = 0"),
        ("shake-jump", "La/T$Shakes;->onSensorChanged"): (12.5, "12.5"), ("shake-jump", "La/T$Turns;->onSensorChanged"): (9.8, "9.8"),
    }  # fmt: skip
