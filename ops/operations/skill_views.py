"""The API of what people are trained for, and of what deployments lack."""

import datetime as dt

import marshmallow as ma
from flask.views import MethodView

from ops import db
from ops.access import guard
from ops.api import Blueprint
from ops.fields import Code
from ops.ledger.consultation import saw
from ops.operations import skill_queries, skills
from ops.operations.models import Deployment
from ops.operations.skill_models import SKILLS

blp = Blueprint("skills", __name__, description="What people are trained for, and until when")


class CertificatePlanSchema(ma.Schema):
    """A new certificate; without a first day it holds from today, without a last for good"""

    skill = Code(SKILLS, required=True)
    from_on = ma.fields.Date()
    expires_on = ma.fields.Date(allow_none=True)


class CertificateSchema(ma.Schema):
    """What somebody is trained for; once withdrawn, only as history"""

    id = ma.fields.UUID()
    skill = ma.fields.String()
    from_on = ma.fields.Date()
    expires_on = ma.fields.Date(allow_none=True)
    given_by = ma.fields.String()
    given_at = ma.fields.AwareDateTime()
    withdrawn_at = ma.fields.AwareDateTime(allow_none=True)


class ReadinessSchema(ma.Schema):
    """What a deployment still lacks, in sentences; it can go ahead all the same"""

    warnings = ma.fields.List(ma.fields.String())


@blp.route("/people/<uuid:person_id>/certificates")
class Certificates(MethodView):
    @blp.response(200, CertificateSchema(many=True))
    def get(self, person_id):
        """List what somebody of one's organisation is trained for, and was"""
        guard.require("plan")
        skills.of_ours(person_id)
        return _certificates(person_id)

    @blp.arguments(CertificatePlanSchema)
    @blp.response(201, CertificateSchema(many=True))
    def post(self, content, person_id):
        """Write a certificate down; it takes the place of the one before"""
        guard.require("plan")
        skills.give(person_id, content, dt.datetime.now(dt.UTC))
        return _certificates(person_id)


@blp.route("/certificates/<uuid:certificate_id>")
class CertificateById(MethodView):
    @blp.response(204)
    def delete(self, certificate_id):
        """Take a certificate back; that it was given stays as history"""
        guard.require("plan")
        skills.withdraw(certificate_id, dt.datetime.now(dt.UTC))


@blp.route("/deployments/<uuid:deployment_id>/readiness")
class Readiness(MethodView):
    @blp.response(200, ReadinessSchema)
    def get(self, deployment_id):
        """Say what a deployment still lacks: skills throughout its window, cells"""
        deployment = db.find(Deployment, deployment_id, "deployment")
        guard.require("plan", deployment.operation_id)
        return {"warnings": skill_queries.warnings([deployment_id]).get(deployment_id, [])}


def _certificates(person_id):
    query = skill_queries.certificates(person_id)
    found = [dict(row) for row in db.session.execute(query).mappings()]
    saw("certificate", [row["id"] for row in found])
    return found
