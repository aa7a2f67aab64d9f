"""OGC API: the same records as features and tiles, for QGIS, ArcGIS, GDAL and code."""
