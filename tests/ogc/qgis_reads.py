"""Reads features with QGIS's own provider, as a person's QGIS does; run by Debian's Python."""

import json
import os
import sys
import tempfile

from qgis.core import (
    QgsApplication,
    QgsFeatureRequest,
    QgsNetworkAccessManager,
    QgsRectangle,
    QgsVectorLayer,
)

address, token = sys.argv[1:]
application = QgsApplication([], False, tempfile.mkdtemp())
application.initQgis()

# As the authentication "API Header" does, which Debian 12's QGIS has not.
QgsNetworkAccessManager.setRequestPreprocessor(
    lambda request: request.setRawHeader(b"Authorization", f"Bearer {token}".encode())
)


def layer(name):
    """Open a collection."""
    source = f"url='{address}' typename='{name}' pageSize='100'"
    return QgsVectorLayer(f"{source} restrictToRequestBBOX='1'", name, "OAPIF")


areas = layer("areas")
near = QgsFeatureRequest(QgsRectangle(-2.32, 53.3, -2.272, 53.6))
print(
    json.dumps(
        {
            "valid": {name: layer(name).isValid() for name in ("areas", "deployments", "results")},
            "count": sum(1 for _ in areas.getFeatures()),
            "near": sum(1 for _ in areas.getFeatures(near)),
            "crs": areas.crs().authid(),
            "fields": [field.name() for field in areas.fields()],
        }
    )
)
# Its own end crashes now and then, behind all that matters.
sys.stdout.flush()
os._exit(0)
