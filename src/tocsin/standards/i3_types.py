"""The kinds of log event that NENA i3 knows, and the members of each: one table, read from words.

Source: NENA-STA-010.3 §4.12.3.7 and the published interface of the logging service, versions 1.2.1 and 1.2.2. A member
that ends in `!` must be there. What a member holds goes by its name: nearly all are text.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Holds: TypeAlias = Literal["text", "texts", "whole", "object", "objects"]

PROLOGUE = (
    "logEventType! timestamp! elementId! agencyId! clientAssignedIdentifier agencyAgentId agencyPositionId callId"
    " incidentId callIdSip ipAddressPort extension"
)
_CALL = "direction! standardPrimaryCallType standardSecondaryCallType localCallType localUse to from"
_STATE = "state! direction! targetId changeReason"
_QUERY, _RESPONSE = "text! direction! queryId!", "text! direction! responseId! responseStatus"
_POLICY = "policyOwner! policyType! policyQueueName policyId"

_MEMBERS = {
    "CallProcessLogEvent": "",
    "CallStartLogEvent": _CALL,
    "CallEndLogEvent": _CALL,
    "RecCallStartLogEvent": _CALL,
    "RecCallEndLogEvent": _CALL,
    "SessionStartLogEvent": _CALL,
    "SessionEndLogEvent": _CALL,
    "CallTransferLogEvent": "target! targetCallIdSip",
    "RouteLogEvent": f"recipientUri! ruleId! cause {_POLICY}",
    "MediaStartLogEvent": "sdp! direction! mediaLabel",
    "MediaEndLogEvent": "mediaLabel mediaQualityStats",
    "RecMediaStartLogEvent": "sdp! direction mediaLabel mediaTranscodeFrom",
    "RecMediaEndLogEvent": "mediaLabel mediaQualityStats mediaTranscodeFrom",
    "RecordingFailedLogEvent": "sdp! reasonCode! reasonText!",
    "MessageLogEvent": "text! direction!",
    "AdditionalAgencyLogEvent": "",
    "IncidentMergeLogEvent": "incidentId! mergeIncidentId!",
    "IncidentUnMergeLogEvent": "incidentId! unmergedFromIncidentId!",
    "IncidentLinkLogEvent": "incidentId! linkedIncidentId! relationship!",
    "IncidentUnLinkLogEvent": "incidentId! unlinkedFromIncidentId!",
    "IncidentSplitLogEvent": "incidentId! type!",
    "IncidentClearLogEvent": "incidentId!",
    "IncidentReopenLogEvent": "incidentId!",
    "LostQueryLogEvent": "queryAdapter! direction! queryId! malformedQuery",
    "LostResponseLogEvent": "responseAdapter! direction! responseId! responseStatus malformedResponse",
    "CallSignalingMessageLogEvent": "text! direction! protocol",
    "SipRecMetadataLogEvent": "text!",
    "NonRtpMediaMessageLogEvent": "text! direction! protocol",
    "AliLocationQueryLogEvent": _QUERY,
    "AliLocationResponseLogEvent": _RESPONSE,
    "MalformedMessageLogEvent": "text! ipAddress! explanationText",
    "EidoLogEvent": "direction! peerId body reference subscriptionId",
    "DiscrepancyReportLogEvent": "contents! direction! type!",
    "ElementStateChangeLogEvent": "notificationContents! direction! StateChangeNotificationContents affectedElementId",
    "ServiceStateChangeLogEvent": "newState! affectedServiceIdentifier! direction! newSecurityPosture",
    "AdditionalDataQueryLogEvent": f"uri! {_QUERY}",
    "AdditionalDataResponseLogEvent": _RESPONSE,
    "LocationQueryLogEvent": f"uri! {_QUERY}",
    "LocationResponseLogEvent": _RESPONSE,
    "CallStateChangeLogEvent": f"{_STATE} legCallId",
    "SessionStateChangeLogEvent": f"{_STATE} legCallId!",
    "GatewayCallLogEvent": "portTrunkGroup pAni digits direction signallingProtocol legacyCallId",
    "HookflashLogEvent": "lineId",
    "LegacyDigitsLogEvent": "digits! sentReceived! type!",
    "AgentStateChangeLogEvent": "primaryAgentState! secondaryAgentState deviceId",
    "QueueStateChangeLogEvent": "notificationContents! queueId! direction!",
    "KeepAliveFailureLogEvent": "responseStatus!",
    "RouteRuleMsgLogEvent": f"ruleId! priority! message! {_POLICY}",
    "PolicyChangeLogEvent": (
        "policyType! owner! changeType! policyContent! policyStoreId! policyEditor! policyQueueName policyId"
    ),
    "VersionsLogEvent": "source! response!",
    "SubscribeLogEvent": "package! peer! parameter! expiration! response! purpose! direction! subscriptionId!",
    "AnnouncementStartLogEvent": "announcementType! announcementTag",
    "AnnouncementEndLogEvent": "announcementType! announcementTag",
    "EidoDereferenceFactoryQueryLogEvent": "queryId! direction! peerId! incidentId!",
    "EidoDereferenceFactoryQueryResponseLogEvent": (
        "queryId! direction! peerId! generatedURI responseError responseText"
    ),
    "SubscriptionRequestedLogEvent": "peerId! direction! queryId! expires subscriptionId",
    "SubscriptionRequestedResponseLogEvent": "queryId! direction! subscriptionId expires errorCode errorText",
    "SubscriptionTerminatedLogEvent": "peerId! subscriptionId! direction! reason!",
    "SubscriptionTerminatedResponseLogEvent": "peerId! direction! queryId! subscriptionId! statusCode! statusText!",
    "EidoDeniedLogEvent": "peerId! incidentId! reasonCode! reasonText!",
    "EidoTransmissionErrorLogEvent": "peerId! transactionId! direction! retries! reasonCode! reasonText!",
    "WebSocketEstablishedLogEvent": "peerId! direction! statusDescription! webSocketId! status statusCode",
    "WebSocketTerminatedLogEvent": "peerId! direction! closeCode! closeText! webSocketId!",
}

MEMBERS: dict[str, dict[str, bool]] = {
    kind: {word.rstrip("!"): word.endswith("!") for word in f"{PROLOGUE} {words}".split()}
    for kind, words in _MEMBERS.items()
}
"""Kind of event -> its members, and whether each must be there."""
# The published list and the published shapes name one kind in two ways.
MEMBERS["EidoDereferenceFactoryQueryResponse"] = MEMBERS["EidoDereferenceFactoryQueryResponseLogEvent"]

HOLDS: dict[str, Holds] = {
    "mediaLabel": "texts",
    "priority": "whole",
    "expiration": "whole",
    "expires": "whole",
    "retries": "whole",
    "closeCode": "whole",
    "parameter": "objects",
    "localUse": "object",
    "extension": "object",
}
"""What a member holds where it is not text."""

WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "direction"): ("incoming", "outgoing"),
    ("", "relationship"): ("parent", "child", "unspecified"),
    ("IncidentSplitLogEvent", "type"): ("old", "new"),
    ("LegacyDigitsLogEvent", "type"): ("DTMF", "MF"),
    ("", "sentReceived"): ("sent", "received"),
    ("", "primaryAgentState"): ("Available", "NotAvailable"),
    ("", "changeType"): ("CREATE", "UPDATE", "DELETE"),
    ("", "purpose"): ("initial", "refresh", "terminate"),
}
"""The words a member may be, in one kind of event or ("") in all."""

NEEDS_CALL = frozenset(
    {
        "CallProcessLogEvent",
        "CallStartLogEvent",
        "CallEndLogEvent",
        "RecCallStartLogEvent",
        "RecCallEndLogEvent",
        "CallTransferLogEvent",
        "RouteLogEvent",
        "MessageLogEvent",
        "AdditionalAgencyLogEvent",
        "CallSignalingMessageLogEvent",
        "SipRecMetadataLogEvent",
        "CallStateChangeLogEvent",
    }
)
"""Kinds that say nothing without a call (§4.12.3.1)."""

SHOWS = frozenset({"MessageLogEvent", "NonRtpMediaMessageLogEvent"})
"""What a caller wrote."""

PLACES = frozenset(
    {
        "CallSignalingMessageLogEvent",
        "LocationQueryLogEvent",
        "LocationResponseLogEvent",
        "AliLocationQueryLogEvent",
        "AliLocationResponseLogEvent",
        "LostQueryLogEvent",
        "LostResponseLogEvent",
        "AdditionalDataQueryLogEvent",
        "AdditionalDataResponseLogEvent",
        "MalformedMessageLogEvent",
        "SipRecMetadataLogEvent",
        "EidoLogEvent",
        "DiscrepancyReportLogEvent",
    }
)
"""Kinds that may say where a caller is: signalling carries the location with it."""
