"""The file for Kubernetes: what it runs exists, and it asks for no privileges."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from mingcha.cli import cli
from mingcha.settings import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS: list[dict[str, Any]] = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")))
PODS = [d["spec"]["template"] for d in DOCUMENTS if "template" in d.get("spec", {})]


def containers() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for pod in PODS:
        for container in pod["spec"]["containers"]:
            yield pod, container


def commands(program: str) -> list[list[str]]:
    """Commands of the file and of the blocks of the page."""
    lines = [shlex.join(map(str, c["command"] + c.get("args", []))) for _, c in containers()]
    lines += [line for _, c in containers() for a in c.get("args", []) for line in a.splitlines()]
    page = (ROOT / "docs" / "fleet-many.md").read_text("utf-8")
    lines += [line for block in re.findall(r"```\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    words = [shlex.split(line.removeprefix("exec "), comments=True) for line in lines if line.startswith((f"{program} ", f"exec {program} "))]
    assert words
    return [w[1:] for w in words]


def test_every_object_has_a_kind_a_name_and_one_namespace() -> None:
    assert [d["kind"] for d in DOCUMENTS] == [
        "Namespace", "ConfigMap", "NetworkPolicy", "Service", "Deployment", "Deployment", "PersistentVolumeClaim", "Job",
    ]  # fmt: skip
    assert {d["metadata"].get("namespace", "mingcha") for d in DOCUMENTS} == {"mingcha"}
    assert len({(d["kind"], d["metadata"]["name"]) for d in DOCUMENTS}) == len(DOCUMENTS)


def test_no_container_has_privileges_or_is_without_limits() -> None:
    for pod, container in containers():
        spec, security = pod["spec"], container["securityContext"]
        assert spec["securityContext"]["runAsNonRoot"]
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
        assert security == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert {"cpu", "memory", "ephemeral-storage"} == container["resources"]["limits"].keys()
        assert not any("hostPath" in v for v in spec["volumes"])
        assert {m["name"] for m in container["volumeMounts"]} == {v["name"] for v in spec["volumes"]}


def test_every_pod_is_in_the_network_and_no_secret_is_in_the_file() -> None:
    for pod in PODS:
        assert pod["metadata"]["labels"]["app"] == "mingcha"
    (config,) = [d["data"] for d in DOCUMENTS if d["kind"] == "ConfigMap"]
    assert config["RAY_AUTH_MODE"] == "token"
    assert not any(re.search(r"KEY|SECRET|RAY_AUTH_TOKEN", name) for name in config)
    known = {f"MINGCHA_{f.upper()}" for f in Settings.__struct_fields__} | {"MINGCHA_LANG"}
    assert {name for name in config if name.startswith("MINGCHA")} <= known
    named = {e["secretRef"]["name"] for _, c in containers() for e in c["envFrom"] if "secretRef" in e}
    head = (ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8").partition("---")[0]
    assert all(f"secret generic {n} " in head for n in named)


@pytest.mark.parametrize("words", commands("mingcha"), ids=" ".join)
def test_every_command_of_ours_exists_with_its_options(words: list[str]) -> None:
    command: click.Command = cli
    context = click.Context(cli)
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, name
        command = found
    command.make_context("x", list(words), resilient_parsing=False)


@pytest.mark.skipif(find_spec("ray") is None, reason="the extra fleet-ray is not installed")
@pytest.mark.parametrize("words", commands("ray"), ids=" ".join)
def test_every_command_of_ray_exists_with_its_options(words: list[str]) -> None:
    from ray.scripts.scripts import cli as ray

    command = ray.get_command(click.Context(ray), words[0])
    assert command is not None
    command.make_context("x", list(words[1:]), resilient_parsing=False)


def test_workers_tell_ray_the_processors_that_they_are_given() -> None:
    (worker,) = [c for _, c in containers() if c["name"] == "worker"]
    assert f"--num-cpus={worker['resources']['limits']['cpu']}" in worker["command"]
    others = [" ".join(map(str, c["command"] + c.get("args", []))) for _, c in containers() if c["name"] != "worker"]
    assert all("--num-cpus=0" in text for text in others)
