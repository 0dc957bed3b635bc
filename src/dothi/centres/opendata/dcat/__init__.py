"""The catalogue as DCAT-AP 3.0.1, in Turtle, RDF/XML and JSON-LD. Written directly: no RDF library is loaded."""
