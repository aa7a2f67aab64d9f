"""Our tables as Django sees them, and a bare one of its own to log into."""

import uuid

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField


class Operation(models.Model):
    id = models.UUIDField(primary_key=True)

    class Meta:
        managed = False
        db_table = "operation"


class Person(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.TextField()

    class Meta:
        managed = False
        db_table = "person"


class Area(models.Model):
    id = models.UUIDField(primary_key=True)
    operation = models.ForeignKey(Operation, models.DO_NOTHING)
    name = models.TextField()
    purpose = models.TextField()
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    geom = models.MultiPolygonField()

    class Meta:
        managed = False
        db_table = "area"


class Result(models.Model):
    id = models.UUIDField(primary_key=True)
    operation = models.ForeignKey(Operation, models.DO_NOTHING)
    kind = models.TextField()
    occurred_at = models.DateTimeField()
    point = models.PointField(null=True)
    accuracy_m = models.DecimalField(null=True, max_digits=20, decimal_places=6)
    district = models.TextField(null=True)
    deployment_id = models.UUIDField(null=True)
    note = models.TextField(null=True)
    status = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.DO_NOTHING, db_column="recorded_by")
    confirmed_at = models.DateTimeField(null=True)
    version = models.IntegerField()

    class Meta:
        managed = False
        db_table = "result"


class Kind(models.Model):
    result = models.OneToOneField(Result, models.DO_NOTHING, primary_key=True)

    class Meta:
        abstract = True


class Warrant(Kind):
    power = models.TextField()
    premises = models.TextField()
    several_entries = models.BooleanField()
    executed = models.BooleanField()

    class Meta:
        managed = False
        db_table = "warrant"


class Arrest(Kind):
    reason = models.TextField()
    age_band = models.TextField(null=True)
    sex = models.TextField(null=True)
    custody_ref = models.TextField(null=True)
    necessity = ArrayField(models.TextField())

    class Meta:
        managed = False
        db_table = "arrest"


class Seizure(Kind):
    category = models.TextField()
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.TextField()
    qualifier = models.TextField()
    drug = models.TextField(null=True)
    drug_class = models.TextField(null=True)
    value = models.DecimalField(null=True, max_digits=20, decimal_places=2)

    class Meta:
        managed = False
        db_table = "seizure"


class LineClosure(Kind):
    type = models.TextField()
    line_name = models.TextField(null=True)
    closed_on = models.DateField()

    class Meta:
        managed = False
        db_table = "line_closure"


class Logged(models.Model):
    """A result with its detail as it was sent, in one row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operation = models.ForeignKey(Operation, models.DO_NOTHING, db_index=False)
    kind = models.TextField()
    occurred_at = models.DateTimeField()
    point = models.PointField(null=True)
    accuracy_m = models.DecimalField(null=True, max_digits=10, decimal_places=2)
    detail = models.JSONField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "logged"
        indexes = [models.Index(fields=["operation", "occurred_at"])]
