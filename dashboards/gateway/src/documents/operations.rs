//! Every request that is answered. `tests/documents.rs` fails where a router has a route that is not here, or this names one that
//! the program does not answer.

// tidy: long because it is one list

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Anybody,
    Viewer,
    Actor,
    Publisher,
}

/// What is sent along.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    None,
    /// JSON of that schema.
    Json(&'static str),
    /// One CloudEvent.
    Event,
    /// CloudEvents in any mode.
    Events,
    /// What a webhook sends.
    Any,
}

/// A parameter that is not part of the path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) place: &'static str,
    pub(super) is_required: bool,
    pub(super) about: &'static str,
    /// As JSON.
    pub(super) schema: &'static str,
}

/// A request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) about: &'static str,
    pub(super) who: Who,
    pub(super) params: &'static [Param],
    pub(super) body: Body,
    /// Status, when it is given, and the schema of its body.
    pub(super) answers: &'static [(u16, &'static str, &'static str)],
}

pub(super) const TAGS: &[(&str, &str)] = &[
    ("publish", "Send events."),
    ("look", "Read figures, customers and alerts."),
    ("act", "Do something about alerts."),
    ("vocabulary", "What can be sent, and how systems are connected."),
    ("access", "Sign in and out."),
    ("operate", "How the process stands."),
];

const TEXT: &str = r#"{"type": "string"}"#;
const DATE: &str = r#"{"type": "string", "format": "date"}"#;

const fn query(name: &'static str, about: &'static str, schema: &'static str) -> Param {
    Param { name, place: "query", is_required: false, about, schema }
}

const PERIOD: Param = query(
    "period",
    "For `figures`.",
    r#"{"type": "string", "enum": ["today", "7d", "30d", "365d", "all"], "default": "today"}"#,
);
const CUSTOMER_PARAM: Param = query("id", "For `customer`: whom.", TEXT);
const GROUP_PARAM: Param = query("group", "For `alerts`: the members of one group.", TEXT);
const DAYS: Param = query(
    "days",
    "For `days` and `health.days`: how many, 30 unless said otherwise. For `health.movers`: since how many, 7 unless said otherwise.",
    r#"{"type": "integer", "minimum": 0, "maximum": 366}"#,
);
const KIND_PARAM: Param = query("kind", "For `risk` and `health.movers`: customers of this kind only.", TEXT);
const OWNER_PARAM: Param = query("owner", "For `risk` and `health.movers`: customers of this owner only.", TEXT);
const LIMIT_PARAM: Param = query(
    "limit",
    "For `risk` and `health.movers`: how many rows.",
    r#"{"type": "integer", "minimum": 1, "maximum": 200, "default": 50}"#,
);

/// What a part of a path means.
pub(super) fn of_path(name: &str) -> &'static str {
    match name {
        "topic" => "One of `GET /api/v1/views`.",
        "id" => "The id of the customer, or of the key.",
        "customer" => "Whom the alert is about: a customer, or a source. Percent-encoded.",
        "alert" => "The key of the alert, `kind:entity:cause`. Percent-encoded.",
        "verb" => {
            "`acknowledge`, `assign`, `snooze`, `contact`, `resolve`, `close` or `reopen`; for groups without `contact` and `reopen`. For dead letters `retry` or `drop`."
        }
        "group" => "The group.",
        "sequence" => "The number of the dead letter.",
        "silence" => "The id of the silence.",
        "name" => "Its name in the settings.",
        "type" => "A type of event, such as `order.placed`.",
        _ => "See docs/api.md.",
    }
}

const NO_WORKER: (u16, &str, &str) = (503, "Nobody can answer just now.", "Error");
const BAD: (u16, &str, &str) = (400, "A parameter can't be read.", "Error");
const UNKNOWN: (u16, &str, &str) = (404, "There is no such thing.", "Error");
const TOO_LARGE: (u16, &str, &str) = (413, "The body is too large, or has too many events.", "Error");
const TOO_SLOW: (u16, &str, &str) = (408, "The body did not come in time: send it again.", "Error");
const TOO_MANY: (u16, &str, &str) = (429, "Too much from one address: come back after `Retry-After`.", "Error");
const NOT_VALID: (u16, &str, &str) = (422, "What is wrong, with its field.", "Error");

const fn get(path: &'static str, id: &'static str, tag: &'static str, summary: &'static str) -> Operation {
    Operation {
        method: "get",
        path,
        id,
        tag,
        summary,
        about: "",
        who: Who::Viewer,
        params: &[],
        body: Body::None,
        answers: &[],
    }
}

const fn post(path: &'static str, id: &'static str, tag: &'static str, summary: &'static str) -> Operation {
    Operation { method: "post", who: Who::Actor, ..get(path, id, tag, summary) }
}

/// The list.
pub(super) const ALL: &[Operation] = &[
    Operation {
        about: "CloudEvents 1.0: structured, batch, or binary. Answered when the log has stored them. The same (source, id) never counts twice. \
                A bad event in a batch takes no other with it.",
        who: Who::Publisher,
        body: Body::Events,
        answers: &[
            (201, "One event is stored.", "Stored"),
            (200, "A batch is stored whole.", "Batch"),
            (207, "Some of a batch is stored: `rejected` can't be understood, `retry` may be sent again.", "Batch"),
            (400, "It is no CloudEvent, or no JSON.", "Error"),
            TOO_SLOW,
            TOO_LARGE,
            (415, "Another content type than those of CloudEvents.", "Error"),
            (422, "An event can't be understood, or none of a batch.", "Error"),
            TOO_MANY,
            (503, "The log did not take it: send it again after `Retry-After`.", "Error"),
        ],
        ..post("/api/v1/events", "publish", "publish", "Publish events")
    },
    Operation {
        about: "An event that the fold accepts or refuses, such as inventory.requested. Answered when it is decided; the same id hears the first decision.",
        who: Who::Publisher,
        body: Body::Event,
        answers: &[
            (200, "Accepted.", "Decision"),
            (400, "It is no CloudEvent, or more than one.", "Error"),
            TOO_SLOW,
            (404, "There is no such alert.", "Decision"),
            (409, "Refused, with the reason.", "Decision"),
            TOO_LARGE,
            (415, "Another content type than those of CloudEvents.", "Error"),
            NOT_VALID,
            TOO_MANY,
            (503, "Not stored, or not decided yet: send it again with the same id.", "Error"),
        ],
        ..post("/api/v1/commands", "command", "publish", "Ask for something that may be refused")
    },
    Operation {
        about: "For the sources in nexusflow.toml that call us, each signed in its own way: see /connect.",
        who: Who::Anybody,
        body: Body::Any,
        answers: &[
            (
                200,
                "It is stored, or kept among the dead letters where it can't be understood; or a handshake is answered.",
                "Hook",
            ),
            (400, "The body broke off.", "Error"),
            (401, "The signature is not right.", "Error"),
            (404, "There is no such source.", "Error"),
            (405, "Another method than POST.", "Error"),
            TOO_SLOW,
            TOO_LARGE,
            (503, "The log did not take it: send it again.", "Error"),
        ],
        ..post("/hooks/{name}", "receiveWebhook", "publish", "Receive a webhook")
    },
    Operation {
        answers: &[(200, "The topics with their parameters and columns.", "Topics")],
        ..get("/api/v1/views", "listTopics", "look", "List topics")
    },
    Operation {
        about: "The same as the live topic, once.",
        params: &[
            PERIOD,
            DAYS,
            CUSTOMER_PARAM,
            GROUP_PARAM,
            KIND_PARAM,
            OWNER_PARAM,
            LIMIT_PARAM,
            query("on", "Of topics that tell how it stood: the day.", DATE),
            query("from", "Of topics of the pipeline: the first day.", DATE),
            query("to", "Of topics of the pipeline: the last day.", DATE),
            query("pipeline", "Of topics of the pipeline: which one.", TEXT),
        ],
        answers: &[(200, "Its rows.", "View"), BAD, UNKNOWN, NO_WORKER],
        ..get("/api/v1/views/{topic}", "readTopic", "look", "Read a topic")
    },
    Operation {
        params: &[
            query("q", "An id, or the beginning of any word of the name; without it, the latest.", TEXT),
            query("limit", "How many.", r#"{"type": "integer", "minimum": 1, "maximum": 100, "default": 20}"#),
        ],
        answers: &[
            (200, "Those found, the best first.", "Customers"),
            (400, "A parameter can't be read.", "text"),
            NO_WORKER,
        ],
        ..get("/api/v1/customers", "findCustomers", "look", "Find customers")
    },
    Operation {
        about: "Those worth most, of any currency. Decided ones are told apart by when they were decided, open ones by when they were \
                created.",
        params: &[
            query("status", "How they stand.", r#"{"type": "string", "enum": ["open", "won", "lost"]}"#),
            query("pipeline", "Their pipeline.", TEXT),
            query("stage", "The stage they are or were in.", TEXT),
            query("segment", "Their segment.", TEXT),
            query("owner", "Who sells them, or sold them.", TEXT),
            query("from", "The first day, in the time zone of the business.", DATE),
            query("to", "The last day.", DATE),
            query("limit", "How many.", r#"{"type": "integer", "minimum": 1, "maximum": 500, "default": 100}"#),
        ],
        answers: &[(200, "How many there are, and those worth most.", "Deals"), BAD, NO_WORKER],
        ..get("/api/v1/deals", "findDeals", "look", "Find deals")
    },
    Operation {
        answers: &[(200, "Everything known of them.", "Customer"), BAD, UNKNOWN, NO_WORKER],
        ..get("/api/v1/customers/{id}", "readCustomer", "look", "Read a customer")
    },
    Operation {
        params: &[
            query(
                "review",
                "Those that are hardest to judge and that nobody has looked at, the least sure first; else the newest.",
                r#"{"type": "boolean", "default": false}"#,
            ),
            query("theme", "About this; empty for those of no theme.", TEXT),
            query(
                "sentiment",
                "Meant so.",
                r#"{"type": "string", "enum": ["negative", "neutral", "positive", "unknown"]}"#,
            ),
            query(
                "channel",
                "Written in this: ticket, chat, sms, email, review, survey, mention, feedback, form.",
                TEXT,
            ),
            query("limit", "How many.", r#"{"type": "integer", "minimum": 1, "maximum": 100, "default": 20}"#),
        ],
        answers: &[(200, "Texts with what was made of them and the words that carried it.", "Items"), BAD, NO_WORKER],
        ..get("/api/v1/texts", "listTexts", "look", "List what customers wrote")
    },
    Operation {
        params: &[
            query(
                "state",
                "Open ones, or also those that are over.",
                r#"{"type": "string", "enum": ["open", "all"], "default": "open"}"#,
            ),
            query(
                "severity",
                "Severities with commas: `S1,S2`.",
                r#"{"type": "string", "pattern": "^S[1-4](,S[1-4])*$"}"#,
            ),
            query("kind", "Kinds of alerts.", TEXT),
            query("owner", "Who has it.", TEXT),
            query("customer", "Whom it is about.", TEXT),
            query("group", "The group.", TEXT),
            query("limit", "How many.", r#"{"type": "integer", "minimum": 1, "maximum": 5000, "default": 200}"#),
        ],
        answers: &[(200, "Alerts, the worst first.", "Alerts"), BAD, NO_WORKER],
        ..get("/api/v1/alerts", "listAlerts", "look", "List alerts")
    },
    Operation {
        answers: &[(200, "Whole, with history and evidence.", "Alert"), UNKNOWN, NO_WORKER],
        ..get("/api/v1/alerts/{customer}/{alert}", "readAlert", "look", "Read an alert")
    },
    Operation {
        params: &[
            query("limit", "How many.", r#"{"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}"#),
            query("target", "Only those to this target.", TEXT),
        ],
        answers: &[(200, "What people outside the consoles were told, newest first.", "Items"), BAD, NO_WORKER],
        ..get("/api/v1/deliveries", "listDeliveries", "look", "List deliveries of notifications")
    },
    Operation {
        answers: &[(200, "How they stand.", "Items"), NO_WORKER],
        ..get("/api/v1/targets", "listTargets", "look", "List targets of notifications")
    },
    Operation {
        about: "Subprotocol `nexusflow.live.v1`: see /api/asyncapi.json.",
        answers: &[
            (101, "The live protocol begins.", ""),
            (400, "It is no WebSocket handshake.", "text"),
            (426, "The connection can't be upgraded.", "text"),
        ],
        ..get("/api/v1/live", "live", "look", "Follow topics by WebSocket")
    },
    Operation {
        params: &[
            Param {
                name: "topic",
                place: "query",
                is_required: true,
                about: "One of `GET /api/v1/views`.",
                schema: TEXT,
            },
            PERIOD,
            DAYS,
            CUSTOMER_PARAM,
            GROUP_PARAM,
            KIND_PARAM,
            OWNER_PARAM,
            LIMIT_PARAM,
            Param {
                name: "Last-Event-ID",
                place: "header",
                is_required: false,
                about: "Go on after this.",
                schema: TEXT,
            },
        ],
        answers: &[(200, "Frames of the live protocol, without an end.", "stream"), BAD],
        ..get("/api/stream", "stream", "look", "Follow a topic by server-sent events")
    },
    Operation {
        about: "Carries the revision that was seen; of two people one is told what the other did.",
        body: Body::Json("AlertCommand"),
        answers: &[
            (200, "It is so.", "Decision"),
            (404, "There is no such alert, or no such verb.", "Error"),
            (409, "Refused: `stale`, `not_open` ...", "Decision"),
            TOO_LARGE,
            NOT_VALID,
            TOO_MANY,
            NO_WORKER,
        ],
        ..post("/api/v1/alerts/{customer}/{alert}/{verb}", "actOnAlert", "act", "Act on an alert")
    },
    Operation {
        body: Body::Json("AlertCommand"),
        answers: &[
            (200, "How many accepted it.", "Counted"),
            (404, "There is no such group open, or no such verb.", "Error"),
            TOO_LARGE,
            NOT_VALID,
            TOO_MANY,
            NO_WORKER,
        ],
        ..post("/api/v1/alerts/groups/{group}/{verb}", "actOnGroup", "act", "Act on all open alerts of a group")
    },
    Operation {
        about: "The text is counted as it says from then on. With the text itself the models learn from it.",
        body: Body::Json("TextLabel"),
        answers: &[(200, "It is counted so.", "Decision"), TOO_LARGE, NOT_VALID, TOO_MANY, NO_WORKER],
        ..post("/api/v1/texts/labels", "labelText", "act", "Say how a text is meant or what it is about")
    },
    Operation {
        body: Body::Json("Silence"),
        answers: &[(200, "They are held back.", "Decision"), TOO_LARGE, NOT_VALID, TOO_MANY, NO_WORKER],
        ..post("/api/v1/silences", "silence", "act", "Hold notifications back")
    },
    Operation {
        method: "delete",
        params: &[Param {
            name: "actor",
            place: "query",
            is_required: true,
            about: "Who lifts it.",
            schema: r#"{"type": "string", "minLength": 1, "maxLength": 200}"#,
        }],
        answers: &[(200, "They are told again.", "Decision"), UNKNOWN, NOT_VALID, TOO_MANY, NO_WORKER],
        ..post("/api/v1/silences/{silence}", "liftSilence", "act", "Lift a silence")
    },
    Operation {
        body: Body::Json("Actor"),
        answers: &[(202, "It is on its way.", "Accepted"), UNKNOWN, TOO_LARGE, NOT_VALID, NO_WORKER],
        ..post("/api/v1/targets/{name}/test", "testTarget", "act", "Send a test message to a target")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "All types.", "EventTypes")],
        ..get("/api/v1/event-types", "listEventTypes", "vocabulary", "List the types of events")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "A JSON Schema.", "Object"), UNKNOWN],
        ..get("/api/v1/event-types/{type}", "readEventType", "vocabulary", "The JSON Schema of the data of a type")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "A CloudEvent.", "CloudEvent"), UNKNOWN],
        ..get("/api/v1/event-types/{type}/example", "exampleOfEventType", "vocabulary", "An example of a type")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "All kinds, each with its page, settings and samples.", "Connectors")],
        ..get("/api/v1/connectors", "listConnectors", "vocabulary", "List the kinds of sources")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "This document.", "Object")],
        ..get("/api/openapi.json", "openapi", "vocabulary", "OpenAPI of HTTP")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "AsyncAPI 3.0.", "Object")],
        ..get("/api/asyncapi.json", "asyncapi", "vocabulary", "AsyncAPI of subjects and live topics")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "A page that shows this document.", "html")],
        ..get("/api/docs", "docs", "vocabulary", "This document as a page")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "What the one who asks may do.", "Rights")],
        ..get("/api/v1/session", "readSession", "access", "What one may do")
    },
    Operation {
        who: Who::Anybody,
        body: Body::Json("Token"),
        answers: &[
            (204, "Signed in, with a cookie.", ""),
            (400, "It is no JSON.", "text"),
            (401, "The token is not right.", "Error"),
            (415, "It is no JSON.", "text"),
            (422, "There is no token in it.", "text"),
        ],
        ..post("/api/v1/session", "signIn", "access", "Sign in")
    },
    Operation {
        method: "delete",
        who: Who::Anybody,
        answers: &[(204, "Signed out.", "")],
        ..post("/api/v1/session", "signOut", "access", "Sign out")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "The process is up.", "text")],
        ..get("/healthz", "healthz", "operate", "Whether the process is up")
    },
    Operation {
        who: Who::Anybody,
        answers: &[(200, "All partitions are there and caught up.", "text"), (503, "Why not.", "text")],
        ..get("/readyz", "readyz", "operate", "Whether all is ready")
    },
    Operation {
        answers: &[(200, "Prometheus' text format.", "text")],
        ..get("/metrics", "metrics", "operate", "Figures for Prometheus")
    },
    Operation {
        who: Who::Actor,
        params: &[
            query(
                "state",
                "Which.",
                r#"{"type": "string", "enum": ["waiting", "retried", "dropped", "all"], "default": "waiting"}"#,
            ),
            query("source", "Only of this source.", TEXT),
            query("kind", "Only of this kind of source.", TEXT),
            query("since", "Received at this time or later.", TEXT),
            query("until", "Received before this time.", TEXT),
            query("limit", "How many.", r#"{"type": "integer", "minimum": 1, "default": 100}"#),
            query("before", "Where the next page begins.", r#"{"type": "integer"}"#),
        ],
        answers: &[(200, "Newest first.", "Items"), BAD, NO_WORKER],
        ..get("/api/v1/dead-letters", "listDeadLetters", "operate", "List what could not be understood")
    },
    Operation {
        who: Who::Actor,
        answers: &[(200, "With headers and payload.", "Object"), UNKNOWN, NO_WORKER],
        ..get("/api/v1/dead-letters/{sequence}", "readDeadLetter", "operate", "Read a dead letter")
    },
    Operation {
        body: Body::Json("Actor"),
        answers: &[(200, "It is decided.", "Object"), UNKNOWN, TOO_LARGE, NOT_VALID, NO_WORKER],
        ..post("/api/v1/dead-letters/{sequence}/{verb}", "decideDeadLetter", "operate", "Retry or drop a dead letter")
    },
    Operation {
        who: Who::Actor,
        answers: &[(200, "All of them, without their secrets.", "Items"), NO_WORKER],
        ..get("/api/v1/keys", "listKeys", "access", "List keys for publishing")
    },
    Operation {
        body: Body::Json("Object"),
        answers: &[(201, "The key, this once.", "Object"), TOO_LARGE, NOT_VALID, NO_WORKER],
        ..post("/api/v1/keys", "createKey", "access", "Make a key for publishing")
    },
    Operation {
        body: Body::Json("Actor"),
        answers: &[(200, "It holds no longer.", "Object"), UNKNOWN, TOO_LARGE, NOT_VALID, NO_WORKER],
        ..post("/api/v1/keys/{id}/revoke", "revokeKey", "access", "Revoke a key")
    },
];
