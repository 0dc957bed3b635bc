"""The core @context of NGSI-LD (ETSI GS CIM 009, annex B) as data. Its terms cannot be overridden."""

from __future__ import annotations

import re
from typing import Any

_CORE_URL = re.compile(
    r"https?://uri\.etsi\.org/ngsi-ld/(?:v\d+/)?ngsi-ld-core-context(?:-v\d+(?:\.\d+)*)?\.jsonld"
)
URL = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
NGSI_LD = "https://uri.etsi.org/ngsi-ld/"
GEOJSON = "https://purl.org/geojson/vocab#"
DEFAULT_VOCAB = "https://uri.etsi.org/ngsi-ld/default-context/"

_PLAIN = """
Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration Date DateTime
EntityType EntityTypeInfo EntityTypeList ExecutionResultDetails GeoProperty JsonProperty LanguageProperty
ListProperty ListRelationship Notification Property Relationship Subscription TemporalProperty Time VocabProperty
accept aggrMethods aggrParams aggrPeriodDuration attrs cacheDuration contextSourceAlias contextSourceInfo
contextSourceUptime cooldown csf data detail endpoint entities entity entityCount error errors expandValues format
geoQ geoproperty georel idPattern information isActive join jsonKeys lang localOnly location management
managementInterval mode notUpdated notification notificationTrigger notifierInfo observationInterval
observationSpace omit operationSpace operations ordering pick q reason receiverInfo refreshRate registrationId
registrationName resultStatus scope scopeQ showChanges status subscriptionName sysAttrs temporalQ throttling
timeInterval timeout timeproperty timerel timesFailed timesSent triggerReason unchanged unitCode updated uri
ngsildproof entityIdSealed
"""
_DATE_TIME = """
contextSourceTimeAt createdAt deletedAt endAt endTimeAt expiresAt lastFailure lastNotification lastSuccess
lastUsedAt modifiedAt notifiedAt observedAt startAt timeAt
"""
_IDENTIFIER = "datasetId entityId instanceId subscriptionId success tenant"
_VOCAB = """
attributeList attributeName attributeNames attributeTypes attributes propertyNames relationshipNames typeList
typeName typeNames watchedAttributes entityTypeSealed
"""
_LIST = "avg distinctCount entityList max min stddev sum sumsq totalCount jsons"
_GEOJSON = """
Feature FeatureCollection GeometryCollection LineString MultiLineString MultiPoint MultiPolygon Point Polygon
geometry properties
"""
_OWN: dict[str, Any] = {
    "containedBy": "ngsi-ld:isContainedBy",
    "description": "http://purl.org/dc/terms/description",
    "title": "http://purl.org/dc/terms/title",
    "langString": "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    "attributeCount": "ngsi-ld:attributeCount",
    "attributeDetails": "ngsi-ld:attributeDetails",
    "bbox": {"@id": "geojson:bbox", "@container": "@list"},
    "coordinates": {"@id": "geojson:coordinates", "@container": "@list"},
    "features": {"@id": "geojson:features", "@container": "@set"},
    "dataset": {"@id": "ngsi-ld:hasDataset", "@container": "@index"},
    "contextSourceExtras": {"@id": "ngsi-ld:contextSourceExtras", "@type": "@json"},
    "problemDetails": {"@id": "ngsi-ld:problemDetails", "@type": "@json"},
    "entityMap": "ngsi-ld:hasEntityMap",
    "linkedMaps": "ngsi-ld:linkedMaps",
    "joinLevel": "ngsi-ld:hasJoinLevel",
    "key": "ngsi-ld:hasKey",
    "json": {"@id": "ngsi-ld:hasJSON", "@type": "@json"},
    "languageMap": {"@id": "ngsi-ld:hasLanguageMap", "@container": "@language"},
    "languageMaps": {"@id": "ngsi-ld:hasLanguageMaps", "@container": "@list"},
    "object": {"@id": "ngsi-ld:hasObject", "@type": "@id"},
    "objectList": {"@id": "ngsi-ld:hasObjectList", "@container": "@list"},
    "objectLists": {"@id": "ngsi-ld:hasObjectLists", "@container": "@list"},
    "objects": {"@id": "ngsi-ld:hasObjects", "@container": "@list"},
    "objectType": {"@id": "ngsi-ld:hasObjectType", "@type": "@vocab"},
    "orderBy": {"@id": "ngsi-ld:orderBy", "@container": "@list"},
    "previousJson": {"@id": "ngsi-ld:hasPreviousJson", "@type": "@json"},
    "previousLanguageMap": {"@id": "ngsi-ld:hasPreviousLanguageMap", "@container": "@language"},
    "previousObject": {"@id": "ngsi-ld:hasPreviousObject", "@type": "@id"},
    "previousObjectList": {"@id": "ngsi-ld:hasPreviousObjectList", "@container": "@list"},
    "previousValue": "ngsi-ld:hasPreviousValue",
    "previousValueList": {"@id": "ngsi-ld:hasPreviousValueList", "@container": "@list"},
    "previousVocab": {"@id": "ngsi-ld:hasPreviousVocab", "@type": "@vocab"},
    "value": "ngsi-ld:hasValue",
    "valueList": {"@id": "ngsi-ld:hasValueList", "@container": "@list"},
    "valueLists": {"@id": "ngsi-ld:hasValueLists", "@container": "@list"},
    "values": {"@id": "ngsi-ld:hasValues", "@container": "@list"},
    "valueType": {"@id": "ngsi-ld:hasValueType", "@type": "@vocab"},
    "vocab": {"@id": "ngsi-ld:hasVocab", "@type": "@vocab"},
    "vocabs": {"@id": "ngsi-ld:hasVocabs", "@container": "@list"},
}


def _context() -> dict[str, Any]:
    terms: dict[str, Any] = {
        "@version": 1.1,
        "@protected": True,
        "ngsi-ld": NGSI_LD,
        "geojson": GEOJSON,
        "id": "@id",
        "type": "@type",
    }
    terms |= {term: f"ngsi-ld:{term}" for term in _PLAIN.split()}
    terms |= {term: f"geojson:{term}" for term in _GEOJSON.split()}
    terms |= {term: {"@id": f"ngsi-ld:{term}", "@type": "DateTime"} for term in _DATE_TIME.split()}
    terms |= {term: {"@id": f"ngsi-ld:{term}", "@type": "@id"} for term in _IDENTIFIER.split()}
    terms |= {term: {"@id": f"ngsi-ld:{term}", "@type": "@vocab"} for term in _VOCAB.split()}
    terms |= {term: {"@id": f"ngsi-ld:{term}", "@container": "@list"} for term in _LIST.split()}
    return terms | _OWN | {"@vocab": DEFAULT_VOCAB}


CONTEXT: dict[str, Any] = _context()
"""The content of the ``@context`` member of the core @context document."""


def is_core_url(url: str) -> bool:
    """Whether ``url`` names a version of the core @context."""
    return _CORE_URL.fullmatch(url) is not None
