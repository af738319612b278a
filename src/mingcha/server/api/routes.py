"""The routes. Each looks up what the key's role may see, calls a service, and tells what came of it."""

from __future__ import annotations

import logging
from typing import Any, cast

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import File, NinjaAPI, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.files import UploadedFile as NinjaFile

from mingcha.errors import MingchaError
from mingcha.report import json_
from mingcha.server import blobs
from mingcha.server.api import keys, problems, registers
from mingcha.server.api.models import Key
from mingcha.server.api.schemas import (
    ActIn,
    CaseOut,
    InspectionOut,
    JobOut,
    LeadIn,
    LeadOut,
    LeadPage,
    ListingsIn,
    Me,
    Page,
    RegisterIn,
    RegisterOut,
)
from mingcha.server.batches.public import feed
from mingcha.server.inspections import services as inspections
from mingcha.server.inspections.models import Job
from mingcha.server.inspections.services import Incoming
from mingcha.server.ledger import leads as lead_services
from mingcha.server.ledger.intake import take
from mingcha.server.ledger.models import Case, Lead
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.services import act
from mingcha.server.ledger.who import Who, visible
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import Inspection, Subject

PAGE, RESULT = 50, 64_000_000
MACHINE_ACTS = ("confirm-removal",)
"""Acts that take no person's judgement."""
DESCRIPTION = """明察管理端接口：上传检测、报送结果和线索、查询案件、登记导入、公开名单。
Interface of the office: uploads, results, leads, cases, registers, public lists. Bearer keys; `Idempotency-Key` on every POST;
errors are problem JSON with `code`, `zh`, `en`."""
api = NinjaAPI(
    title="mingcha", version="1", description=DESCRIPTION, docs_url=None, openapi_url="/openapi.json", urls_namespace="api",
    auth=lambda request: getattr(request, "api_key", None),
)  # fmt: skip


def _who(request: HttpRequest) -> Who:
    return keys.acting(cast("Key", request.api_key))  # type: ignore[attr-defined]


def _after(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 18 else 0


@api.exception_handler(MingchaError)
def _refused(_request: HttpRequest, error: MingchaError) -> HttpResponse:
    return problems.of(error)


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"at": ".".join(map(str, e.get("loc", ()))), "en": str(e.get("msg", ""))[:300]} for e in error.errors[:20]]
    return problems.problem("bad-request", errors=errors)


@api.exception_handler(HttpError)
def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.problem("bad-request")


@api.exception_handler(AuthenticationError)
def _no_key(_request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problems.problem("no-key")


@api.exception_handler(Http404)
def _missing(_request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.problem("not-found")


@api.exception_handler(RequestDataTooBig)
def _too_large(_request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problems.problem("too-large")


@api.exception_handler(Exception)
def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    logging.getLogger("mingcha.api").error("%s %s", request.method, request.path, exc_info=error)
    return problems.problem("internal")


@api.get("/v1/me", response=Me, summary="密钥的身份 · Who the key acts as", tags=["keys"])
def me(request: HttpRequest) -> dict[str, Any]:
    """Organisation, role and end of the key."""
    key = cast("Key", request.api_key)  # type: ignore[attr-defined]
    return {"organisation": key.organisation.name, "kind": key.organisation.kind, "role": key.role, "key": key.name, "expires": key.expires}


def _job(job: Job) -> dict[str, Any]:
    files = [{"role": f.role, "name": f.name, "sha256": f.sha256, "size": f.size} for f in job.files.order_by("pk")]
    return {
        "id": job.pk, "state": job.state, "stage": job.stage, "made": job.made, "ended": job.ended, "inspection": job.inspection_id,
        "code": job.code, "zh": job.zh, "en": job.en, "files": files,
    }  # fmt: skip


@api.post("/v1/inspections", response={202: JobOut}, summary="上传检测 · Upload and inspect", tags=["inspections"])
def upload(
    request: HttpRequest, package: File[list[NinjaFile]], policy: File[list[NinjaFile] | None] = None,
    traffic: File[list[NinjaFile] | None] = None, behaviour: File[list[NinjaFile] | None] = None,
) -> Status[dict[str, Any]]:  # fmt: skip
    """Packages with their policies, traffic and behaviour logs, as multipart/form-data. The answer is a job to ask after."""
    given = {"package": package, "policy": policy, "traffic": traffic, "behaviour": behaviour}
    files = [Incoming(role, f) for role, some in given.items() for f in some or ()]
    return Status(202, _job(inspections.submit(_who(request), files)))


@api.get("/v1/jobs/{number}", response=JobOut, summary="检测进度 · How far an upload is", tags=["inspections"])
def job(request: HttpRequest, number: int) -> dict[str, Any]:
    """One upload of this organisation."""
    found = inspections.visible_jobs(_who(request)).filter(pk=_pk(number)).first()
    if found is None:
        raise Http404
    return _job(found)


def _pk(number: int) -> int:
    """A number as a database can hold it; 0, which no row has, for others."""
    return number if 0 < number < 2**62 else 0


def _inspection(found: Inspection) -> dict[str, Any]:
    rows = found.findings.order_by("pk").values("rule", "rule_version", "scenario", "issue_types", "outcome", "confidence", "severity")
    return {
        "id": found.pk, "digest": found.digest, "subject": found.subject.name, "identifier": found.subject.identifier,
        "version": found.package.version if found.package else None, "sha256": found.package.sha256 if found.package else None, "at": found.at,
        "findings": list(rows),
    }  # fmt: skip


def _seen(request: HttpRequest, number: int) -> Inspection:
    found = inspections.visible_inspections(_who(request)).filter(pk=_pk(number)).select_related("subject", "package").first()
    if found is None:
        raise Http404
    return found


@api.get("/v1/inspections/{number}", response=InspectionOut, summary="检测结果概要 · An inspection", tags=["inspections"])
def inspection(request: HttpRequest, number: int) -> dict[str, Any]:
    """Subject, digests and findings of an inspection."""
    return _inspection(_seen(request, number))


@api.get("/v1/inspections/{number}/document", summary="结果文档 · The result document", tags=["inspections"])
def document(request: HttpRequest, number: int) -> HttpResponse:
    """The document `mingcha.inspection/1`, byte for byte."""
    found = _seen(request, number)
    try:
        data = blobs.get(found.digest)
    except FileNotFoundError as e:
        raise Http404 from e
    return HttpResponse(data, content_type="application/json", headers={"ETag": f'"{found.digest}"'})


@api.post("/v1/results", response=InspectionOut, summary="报送检测结果 · Send a result", tags=["inspections"])
def result(request: HttpRequest, document: File[NinjaFile]) -> dict[str, Any]:
    """A document of `mingcha scan --format json`, as the file `document`. The same one again changes nothing."""
    if not table().others["send-result"].allows(_who(request).kind, _who(request).role):
        raise Refused("not-yours")
    if (document.size or 0) > RESULT:
        raise Refused("too-large")
    raw = document.read()
    try:
        loaded = json_.load(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError) as e:
        raise Refused("bad-data") from e
    return _inspection(take(raw, loaded))


@api.post("/v1/leads", response={201: LeadOut}, summary="报送线索 · Send a lead", tags=["leads"])
def send_lead(request: HttpRequest, body: LeadIn) -> Status[Lead]:
    """A lead of a platform, a laboratory or an authority."""
    who = _who(request)
    if not table().others["send-lead"].allows(who.kind, who.role):
        raise Refused("not-yours")
    if body.province and body.province not in PROVINCES:
        raise Refused("bad-data")
    subject = Subject.objects.filter(kind="app", identifier=body.identifier).first() if body.identifier else None
    found = lead_services.receive(who, body.kind, body.name, body.text, scenario=body.scenario[:8], province=body.province, subject=subject)
    return Status(201, found)


@api.get("/v1/leads", response=LeadPage, summary="本单位报送的线索 · Leads of this organisation", tags=["leads"])
def leads(request: HttpRequest, after: str = "") -> dict[str, Any]:
    """What this organisation sent, the newest first."""
    rows = Lead.objects.filter(events__act="lead-received", events__organisation=_who(request).organisation).order_by("-pk")
    found = list((rows.filter(pk__lt=_after(after)) if _after(after) else rows)[: PAGE + 1])
    return {"items": found[:PAGE], "next": f"/api/v1/leads?after={found[PAGE - 1].pk}" if len(found) > PAGE else None}


def _case(case: Case) -> dict[str, Any]:
    rows = case.findings.order_by("pk").values("finding__rule", "finding__scenario", "status")
    return {
        "number": case.number, "subject": case.subject.name, "identifier": case.subject.identifier,
        "operator": case.operator.name if case.operator else None, "province": case.province, "state": case.state, "version": case.version,
        "opened": case.opened, "due": case.due,
        "findings": [{"rule": r["finding__rule"], "scenario": r["finding__scenario"], "status": r["status"]} for r in rows],
    }  # fmt: skip


@api.get("/v1/cases", response=Page, summary="案件 · Cases", tags=["cases"])
def cases(request: HttpRequest, state: str = "", after: str = "") -> dict[str, Any]:
    """Cases that the key's role sees, the newest first."""
    rows = visible(_who(request)).select_related("subject", "operator").order_by("-pk")
    rows = rows.filter(state=state) if state in table().states else rows
    found = list((rows.filter(pk__lt=_after(after)) if _after(after) else rows)[: PAGE + 1])
    query = f"state={state}&" if state in table().states else ""
    return {"items": [_case(c) for c in found[:PAGE]], "next": f"/api/v1/cases?{query}after={found[PAGE - 1].pk}" if len(found) > PAGE else None}


def _one(request: HttpRequest, number: str) -> Case:
    found = visible(_who(request)).filter(number=number[:24]).select_related("subject", "operator").first() if "\0" not in number else None
    if found is None:
        raise Http404
    return found


@api.get("/v1/cases/{number}", response=CaseOut, summary="案件状态 · A case", tags=["cases"])
def case(request: HttpRequest, number: str) -> dict[str, Any]:
    """State, term and findings of a case."""
    return _case(_one(request, number))


@api.post("/v1/cases/{number}/acts/{name}", response=CaseOut, summary="办理 · An act on a case", tags=["cases"])
def do(request: HttpRequest, number: str, name: str, body: ActIn) -> dict[str, Any]:
    """Acts that take no person's judgement: a store reports the take-down (`confirm-removal`)."""
    found = _one(request, number)
    if name not in MACHINE_ACTS:
        raise Refused("no-such-act")
    act(found.pk, name, _who(request), {"reason": body.reason} if body.reason else {}, version=body.version)
    found.refresh_from_db()
    return _case(found)


@api.post("/v1/registers/operators", response=RegisterOut, summary="导入经营者登记 · Import the register of operators", tags=["registers"])
def register(request: HttpRequest, body: RegisterIn) -> registers.Done:
    """Names and credit codes as the register has them; lines that are wrong are told and stop no other."""
    lines = [registers.Line(o.name, o.credit_code, o.province) for o in body.operators]
    return registers.enter(_who(request), lines, dry_run=body.dry_run)


@api.post("/v1/registers/listings", response=RegisterOut, summary="报送在架应用 · What a store offers", tags=["registers"])
def listings(request: HttpRequest, body: ListingsIn) -> registers.Done:
    """Apps that a store offers, under its own name."""
    return registers.offer(_who(request), [registers.Offer(x.identifier, x.name, x.version, x.app_type) for x in body.listings], dry_run=body.dry_run)


@api.get("/v1/lists", auth=None, summary="公开名单 · Public lists", tags=["lists"])
def lists(request: HttpRequest) -> HttpResponse:
    """The newest public lists as a JSON feed; no key is needed."""
    return feed(request)
