"""Reads features with QGIS's own provider, as a person's QGIS does; run by Debian's Python."""

import json
import sys
import tempfile

from qgis.core import (
    QgsApplication,
    QgsAuthMethodConfig,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorLayer,
)

address, token = sys.argv[1:]
application = QgsApplication([], False, tempfile.mkdtemp())
application.initQgis()

# The token goes where QGIS keeps such things.
keeper = QgsApplication.authManager()
keeper.setMasterPassword("of this run alone", True)
method = QgsAuthMethodConfig("APIHeader")
method.setName("ops")
method.setConfig("Authorization", f"Bearer {token}")
keeper.storeAuthenticationConfig(method)


def layer(name):
    """Open a collection."""
    source = f"url='{address}' typename='{name}' authcfg={method.id()} pageSize='100'"
    return QgsVectorLayer(f"{source} restrictToRequestBBOX='1'", name, "OAPIF")


areas = layer("areas")
near = QgsFeatureRequest(QgsRectangle(-2.32, 53.3, -2.27, 53.6))
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
application.exitQgis()
