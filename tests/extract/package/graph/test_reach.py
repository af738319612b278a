"""What is reached, and how, on small programs written instruction by instruction."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue
from mingcha.extract.package.columns import Code
from mingcha.extract.package.dex import tables
from mingcha.extract.package.graph import inspect
from mingcha.extract.package.graph.entries import Entry
from mingcha.extract.package.graph.startup import Startup, orphans
from mingcha.extract.package.graph.world import World
from mingcha.extract.package.owners import Owners
from tests.extract.package.dexbuild import Cls, Mth, build

VOID = ("return-void",)
REFERENCE = inspect.Reference.build(catalogue.load())
OBJECT_INIT = ("invoke-direct", [0], "Ljava/lang/Object;-><init>()V")
GET = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;"
READ = ("invoke-virtual", [0], GET)


def init(*code: tuple) -> Mth:
    return Mth("<init>", "()V", [OBJECT_INIT, *code, VOID], flags=0x10001)


def method(name: str, *code: tuple, proto: str = "()V", static: bool = False) -> Mth:
    return Mth(name, proto, [*code, VOID], flags=9 if static else 1, virtual=not static)


def make(register: int, cls: str) -> list[tuple]:
    return [("new-instance", register, cls), ("invoke-direct", [register], f"{cls}-><init>()V")]


def startup(*containers: Sequence[Cls], entry: str = "La/App;", components: dict[str, str] | None = None) -> Startup:
    codes: list[Code] = [
        tables.read(f"classes{n or ''}.dex", build(list(c))) for n, c in enumerate(containers)
    ]
    world = World.of(codes, REFERENCE.framework)
    started = [Entry(entry, "attach", "attach", None, 0), Entry(entry, "application", "application", None, 0)]
    known = {world.type_id[c]: kind for c, kind in (components or {}).items()}
    return Startup(world, REFERENCE.triggers, known, started, {})


def app(*code: tuple, parent: str = "Landroid/app/Application;") -> Cls:
    return Cls("La/App;", [init(), method("onCreate", *code)], parent=parent)


def steps(s: Startup, target: str) -> list[str] | None:
    d = s.world.find(target)
    return [way.step for _, way in s.reach.path(d)] if d >= 0 and s.reach.reached[d] else None


def test_an_interface_call_reaches_only_what_exists() -> None:
    task = Cls("La/Task;", [Mth("go", "()V", None, flags=0x401, virtual=True)], flags=0x601)
    made = Cls("La/Made;", [init(), method("go", READ)], interfaces=("La/Task;",))
    never = Cls("La/Never;", [init(), method("go", READ)], interfaces=("La/Task;",))
    s = startup([app(*make(0, "La/Made;"), ("invoke-interface", [0], "La/Task;->go()V")), task, made, never])
    assert steps(s, "La/Made;->go()V") == ["entry", "virtual"]
    assert steps(s, "La/Never;->go()V") is None
    assert s.upper_bound() > int(s.reach.reached.sum())
    d = s.world.find("La/Made;->go()V")
    assert s.world.types[s.reach.way(d).witness] == "La/Made;"


def test_containers_share_one_numbering() -> None:
    """References of a later container mean the same methods as those of the first."""
    other = [Cls(f"Lb/F{i};", [init(), method("f", ("const-string", 0, f"x{i}"))]) for i in range(5)]
    far = Cls("Lc/Far;", [init(), method("go", ("invoke-static", [], "La/Near;->read()V"))])
    near = Cls("La/Near;", [method("read", READ, static=True)])
    s = startup([app(*make(0, "Lc/Far;"), ("invoke-virtual", [0], "Lc/Far;->go()V")), near, *other], [*other, far])
    assert steps(s, "Lc/Far;->go()V") == ["entry", "virtual"]
    assert steps(s, "La/Near;->read()V") == ["entry", "virtual", "call"]


def test_the_first_definition_of_a_class_is_the_one_that_runs() -> None:
    first = Cls("La/Twin;", [method("go", static=True)])
    second = Cls("La/Twin;", [method("go", READ, static=True)])
    s = startup([app(("invoke-static", [], "La/Twin;->go()V")), first], [second])
    assert int(s.reach.reached.sum()) == 3  # <init>, onCreate, the first go


def test_an_override_hides_what_it_overrides() -> None:
    base = Cls("La/Base;", [init(), method("go", READ)])
    sub = Cls("La/Sub;", [Mth("<init>", "()V", [("invoke-direct", [0], "La/Base;-><init>()V"), VOID], flags=0x10001),
                          method("go")], parent="La/Base;")  # fmt: skip
    s = startup([app(*make(0, "La/Sub;"), ("invoke-virtual", [0], "La/Base;->go()V")), base, sub])
    assert steps(s, "La/Sub;->go()V") == ["entry", "virtual"]
    assert steps(s, "La/Base;->go()V") is None


def test_a_thread_runs_what_it_was_given_and_only_once_started() -> None:
    job = Cls("La/Job;", [init(), method("run", READ)], interfaces=("Ljava/lang/Runnable;",))
    idle = Cls("La/Idle;", [init(), method("run", READ)], interfaces=("Ljava/lang/Runnable;",))
    handed = [("new-instance", 1, "Ljava/lang/Thread;"), *make(0, "La/Job;"),
              ("invoke-direct", [1, 0], "Ljava/lang/Thread;-><init>(Ljava/lang/Runnable;)V")]  # fmt: skip
    start = ("invoke-virtual", [1], "Ljava/lang/Thread;->start()V")
    s = startup([app(*make(2, "La/Idle;"), *handed, start), job, idle])
    assert steps(s, "La/Job;->run()V") == ["entry", "thread"]
    assert steps(s, "La/Idle;->run()V") is None
    assert steps(startup([app(*handed), job]), "La/Job;->run()V") is None


def test_class_initialisers_of_a_chain() -> None:
    base = Cls("La/Base;", [Mth("<clinit>", "()V", [READ, VOID], flags=0x10008)])
    sub = Cls("La/Sub;", [Mth("<clinit>", "()V", [VOID], flags=0x10008)], parent="La/Base;")
    other = Cls("La/Other;", [Mth("<clinit>", "()V", [READ, VOID], flags=0x10008)])
    s = startup([app(("sget", 0, "La/Sub;->x:Ljava/lang/String;")), base, sub, other])
    assert steps(s, "La/Base;-><clinit>()V") == ["entry", "class-init"]
    assert steps(s, "La/Sub;-><clinit>()V") == ["entry", "class-init"]
    assert steps(s, "La/Other;-><clinit>()V") is None


def test_reflection_is_followed_by_constant_and_told_where_it_is_not() -> None:
    target = Cls("La/Target;", [init(READ)])
    named = [("const-string", 0, "a.Target"), ("invoke-static", [0], "Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;"),
             ("invoke-virtual", [0], "Ljava/lang/Class;->newInstance()Ljava/lang/Object;")]  # fmt: skip
    s = startup([app(*named), target])
    assert steps(s, "La/Target;-><init>()V") == ["entry", "reflection"]
    assert "reflection" not in s.blind()
    s = startup([app(*named[1:]), target])
    assert steps(s, "La/Target;-><init>()V") is None
    assert "reflection" in s.blind()
    assert s.world.type_id["La/Target;"] in orphans(s.world, s.roots())


def test_a_component_runs_when_its_class_is_named_and_something_starts_it() -> None:
    activity = Cls("La/Second;", [init(), method("onCreate", READ, proto="(Landroid/os/Bundle;)V")], parent="Landroid/app/Activity;")
    named = [("new-instance", 0, "Landroid/content/Intent;"), ("const-string", 1, "a.Second"),
             ("invoke-virtual", [0, 1], "Landroid/content/Intent;->setClassName(Landroid/content/Context;Ljava/lang/String;)Landroid/content/Intent;")]  # fmt: skip
    start = ("invoke-virtual", [2, 0], "La/App;->startActivity(Landroid/content/Intent;)V")
    target = "La/Second;->onCreate(Landroid/os/Bundle;)V"
    components = {"La/Second;": "activity"}
    assert steps(startup([app(*named, start), activity], components=components), target) == ["entry", "component"]
    assert steps(startup([app(*named), activity], components=components), target) is None


def test_a_blocked_event_leads_nowhere() -> None:
    near = Cls("La/Near;", [method("read", READ, static=True)])
    s = startup([app(("invoke-static", [], "La/Near;->read()V")), near])
    d = s.world.find("La/Near;->read()V")
    event = s.reach.way(d).event
    reach, _ = s.analyse(s.reach.event[[d]])
    assert event >= 0
    assert not reach.reached[d]


def test_a_hierarchy_that_runs_in_a_circle_ends() -> None:
    one = Cls("La/One;", [init()], parent="La/Two;")
    two = Cls("La/Two;", [init()], parent="La/One;")
    s = startup([app(*make(0, "La/One;"), ("invoke-virtual", [0], "La/One;->gone()V")), one, two])
    assert steps(s, "La/One;-><init>()V") == ["entry", "call"]


NAMES = st.sampled_from(["La/App;", "La/B;", "La/C;", "Lb/D;", "Ljava/lang/Runnable;", "Ljava/lang/Object;"])
CALLS = st.tuples(
    st.sampled_from(["invoke-virtual", "invoke-static", "invoke-direct", "invoke-super", "invoke-interface"]),
    st.just([0]), st.builds("{}->{}()V".format, NAMES, st.sampled_from(["f", "run", "<init>", "onCreate", "start"])),
)  # fmt: skip
CODE = st.lists(st.one_of(CALLS, st.tuples(st.just("new-instance"), st.just(0), NAMES)), max_size=6)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(NAMES, st.lists(st.tuples(st.sampled_from(["f", "run", "onCreate", "<init>"]), CODE), max_size=3,
                                       unique_by=lambda m: m[0]), NAMES, st.booleans()), min_size=1, max_size=6,
             unique_by=lambda c: c[0]),
    st.integers(1, 2),
)  # fmt: skip
def test_any_program_is_followed_to_an_end_and_every_path_walks_back(
    classes: list[tuple[str, list[tuple[str, list[tuple]]], str, bool]], parts: int
) -> None:
    built = [
        Cls(name, [method(m, *code) for m, code in methods], parent=parent, flags=0x601 if abstract else 1)
        for name, methods, parent, abstract in classes
    ]  # fmt: skip
    s = startup(*[built[i::parts] for i in range(parts) if built[i::parts]])
    for d in s.reach.reached.nonzero()[0].tolist():
        path = s.reach.path(d)
        assert path[0][0] in s.reach.entry or path[0][1].event < 0
        assert path[-1][0] == d
        for (above, _), (_, way) in itertools.pairwise(path):
            assert int(s.world.event_def[way.event]) == above


def test_every_step_has_a_name_that_the_facts_declare() -> None:
    declared = catalogue.load().facts["startup-path"].fields["steps"].doc
    for name in [t.via for entry in catalogue.load().callbacks.values() for t in entry.triggers]:
        assert name in declared, name


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_damaged_code_is_followed_without_an_error(seed: int, hits: int) -> None:
    rng = random.Random(seed)
    near = Cls("La/Near;", [method("read", READ, static=True), method("run", READ)], interfaces=("Ljava/lang/Runnable;",))
    whole = app(*make(0, "La/Near;"), ("invoke-virtual", [1, 0], "Landroid/os/Handler;->post(Ljava/lang/Runnable;)Z"),
                ("const-string", 2, "a.Near"), ("invoke-static", [2], "Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;"),
                ("invoke-static", [], "La/Near;->read()V"))  # fmt: skip
    data = bytearray(build([whole, near]))
    for _ in range(hits):
        data[rng.randrange(0x20, len(data))] = rng.randrange(256)
    data[:8] = b"dex\n035\0"
    try:
        code = tables.read("classes.dex", bytes(data))
    except tables.NotDex:
        return
    package = {"component_factory": None, "application_class": "a.App"}
    found = inspect.inspect([code], package, [], {}, {}, REFERENCE)
    assert found is not None
    calls = [{"kind": "api-call", "group": "item", "caller": c, "callee": GET, "api": "x", "item": "imei", "where": "", "via": "direct",
              "constant": None, "permission": None, "owner": {"kind": "app", "id": "", "name": ""}, "dex": "classes.dex"}
             for c in ("La/Near;->read()V", "La/Near;->run()V", "La/Gone;->x()V")]  # fmt: skip
    facts = list(found.facts(calls, Owners({}, "a"), ""))
    assert [f["kind"] for f in facts[:1]] == ["reach"]
    assert sum(f["kind"] == "startup-path" for f in facts) == 3
