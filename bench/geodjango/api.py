"""What is compared: an operation's areas, its results, and logging one or many."""

from django.urls import path
from geodjango import models
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer


class AreaSerializer(GeoFeatureModelSerializer):
    class Meta:
        model = models.Area
        geo_field = "geom"
        fields = ["id", "operation", "name", "purpose", "valid_from", "valid_to"]


class Areas(generics.ListAPIView):
    serializer_class = AreaSerializer

    def get_queryset(self):
        return models.Area.objects.filter(operation=self.kwargs["operation"]).order_by("name", "id")


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = models.Person
        fields = ["id", "name"]


def _of(kind):
    class Detail(serializers.ModelSerializer):
        class Meta:
            model = kind
            exclude = ["result"]

    return Detail(read_only=True)


KINDS = {
    "warrant": models.Warrant,
    "arrest": models.Arrest,
    "seizure": models.Seizure,
    "line_closure": models.LineClosure,
}
# As Django names the way from a result to its kind.
RELATED = {name: model.__name__.lower() for name, model in KINDS.items()}


class ResultSerializer(GeoFeatureModelSerializer):
    recorded_by = PersonSerializer()
    detail = serializers.SerializerMethodField()
    details = {name: _of(model) for name, model in KINDS.items()}

    def get_detail(self, result):
        return self.details[result.kind].to_representation(getattr(result, RELATED[result.kind]))

    class Meta:
        model = models.Result
        geo_field = "point"
        fields = [
            "id", "operation", "kind", "occurred_at", "accuracy_m", "district", "deployment_id",
            "note", "detail", "status", "recorded_at", "recorded_by", "confirmed_at", "version",
        ]  # fmt: skip


class Pages(CursorPagination):
    page_size = 100
    ordering = ("-occurred_at", "-id")


class LoggedSerializer(serializers.ModelSerializer):
    position = GeometryField(source="point")

    class Meta:
        model = models.Logged
        fields = ["id", "kind", "occurred_at", "position", "accuracy_m", "detail", "recorded_at"]


class Results(generics.ListCreateAPIView):
    pagination_class = Pages

    def get_serializer_class(self):
        return LoggedSerializer if self.request.method == "POST" else ResultSerializer

    def get_queryset(self):
        found = models.Result.objects.select_related("recorded_by", *RELATED.values())
        return found.filter(operation=self.kwargs["operation"])

    def perform_create(self, serializer):
        serializer.save(operation_id=self.kwargs["operation"])


class ManySerializer(serializers.ListSerializer):
    def create(self, sent):
        operation = self.context["view"].kwargs["operation"]
        made = [models.Logged(operation_id=operation, **each) for each in sent]
        return models.Logged.objects.bulk_create(made)


class OneOfManySerializer(LoggedSerializer):
    class Meta(LoggedSerializer.Meta):
        list_serializer_class = ManySerializer


class Batch(generics.CreateAPIView):
    serializer_class = OneOfManySerializer

    def get_serializer(self, *args, **kwargs):
        return super().get_serializer(*args, many=True, **kwargs)


urlpatterns = [
    path("operations/<uuid:operation>/areas", Areas.as_view()),
    path("operations/<uuid:operation>/results", Results.as_view()),
    path("operations/<uuid:operation>/results/batch", Batch.as_view()),
]
