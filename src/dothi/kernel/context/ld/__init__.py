"""The language of NGSI-LD (ETSI GS CIM 009 v1.8.1) without a store: parse, expand, merge, query, render."""
