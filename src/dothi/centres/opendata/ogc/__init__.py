"""OGC API Features, Records and Tiles at ``/ogc``."""
