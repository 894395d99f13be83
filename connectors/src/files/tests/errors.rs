//! What is wrong is said with its place.

use super::super::{Mapping, ReadError};
use super::{SOURCE, read};

const FILE: &str = "[[file]]\nname = \"t\"\npath = \"t.csv\"\n";
const EVENT: &str =
    "[[event]]\ntype = \"ticket.opened\"\nfrom = \"t\"\nid = \"{id}\"\nsubject = \"who\"\ntime = \"at\"\n";

fn said(mapping: &str) -> String {
    Mapping::parse("m.toml", mapping).map(|_| String::new()).unwrap_or_else(|error| error.to_string())
}

/// What is said of the mapping above where one part of it is replaced.
fn said_with(good: &str, bad: &str) -> String {
    let mapping = format!("{SOURCE}{FILE}{EVENT}data.ticket = \"id\"\n");
    assert!(mapping.contains(good), "{good}");
    said(&mapping.replacen(good, bad, 1))
}

#[test]
fn a_mapping_that_is_wrong_says_where_and_what_would_be_right() {
    assert_eq!(said_with("/files/test", "/files/right"), "");
    for (good, bad, place, reason) in [
        ("currency", "curency", "3: curency", "unknown field `curency`, expected one of"), // typos: as meant
        ("id = \"{id}\"", "id = \"x\"", "7: event[1].id", "at least one column in braces"),
        ("id = \"{id}\"", "id = \"{id\"", "7: event[1].id", "a { without its }"),
        ("ticket.opened", "ticket.open", "7: event[1].type", "did you mean \"ticket.opened\"?"),
        ("ticket.opened", "clock.ticked", "7: event[1].type", "is for the operators"),
        ("from = \"t\"", "from = \"x\"", "7: event[1].from", "no file is called \"x\"; there are: t"),
        ("from = \"t\"", "from = \"t\"\nrow = \"last\"", "7: event[1].row", "to have a group"),
        ("\"who\"", "\"first.who\"", "11: event[1].subject.column", "\"first\" needs the file \"t\" to have a group"),
        ("\"at\"", "{ column = \"at\", format = \"dmy\" }", "12: event[1].time.format", "\"dmy\" is no format"),
        ("\"at\"", "{ column = \"at\", zone = \"Mars\" }", "12: event[1].time.format", "\"Mars\" is no time zone"),
        ("\"at\"", "{ value = \"soon\" }", "12: event[1].time.value", "must be a time like"),
        ("\"at\"", "{ column = \"at\", type = \"label\" }", "7: event[1].time", "must be of the type time"),
        ("ticket = ", "tiket = ", "13: event[1].data.tiket", "ticket.opened: has no such field; it has: assignee"), // typos: as meant
        ("ticket = ", "channel = ", "7: event[1].data.ticket", "must be given"),
        ("ticket = \"id\"", "ticket = {}", "13: event[1].data.ticket", "one of: column, template, value, sum, each"),
        (
            "= \"id\"",
            "= { column = \"id\", round = true }",
            "13: event[1].data.ticket.round",
            "no meaning for the type",
        ),
        ("= \"id\"", "= { column = \"id\", over = \"x\" }", "13: event[1].data.ticket.over", "belongs to a sum"),
        ("= \"id\"", "= { sum = \"id\" }", "13: event[1].data.ticket.type", "must be money or integer"),
        ("= \"id\"", "= { each = \"x\", fields = {} }", "13: event[1].data.ticket.each", "must be a join, or \"rows\""),
        ("path", "joins.rows = { file = \"t\", by = \"a\" }\npath", "6: file[1].joins.rows", "means something else"),
        ("path", "joins.x = { file = \"y\", by = \"a\" }\npath", "6: file[1].joins.x.file", "no file is called"),
        ("at\"", "at\"\nwhen = [{ column = \"a\" }]", "13: event[1].when[1]", "must have one of: is, starts_with"),
        ("at\"", "at\"\nwhen = [{ column = \"a\", changed = true }]", "13: event[1].when[1]", "to have a group"),
    ] {
        let said = said_with(good, bad);
        assert!(said.starts_with(&format!("m.toml:{place}")) && said.contains(reason), "{bad}: {said}");
    }
}

#[test]
fn money_needs_a_currency_and_nested_fields_are_checked_too() {
    let order = |currency: &str, field: &str| {
        let event = EVENT.replace("ticket.opened", "order.placed");
        let lines = format!("[event.data.lines]\neach = \"rows\"\n[event.data.lines.fields]\nquantity = 1\n{field}\n");
        let total = "[event.data]\norder = \"id\"\ntotal = { column = \"a\", type = \"money\" }\n";
        let file = format!("{FILE}group = {{ by = \"id\" }}\n");
        said(&format!("[source]\nuri = \"/t\"\n{currency}\n{file}{event}{total}{lines}"))
    };
    let amount = "amount = { column = \"a\", type = \"money\" }";
    assert_eq!(order("currency = \"EUR\"", amount), "");
    assert!(
        order("", amount).contains("event[1].data.lines.fields.amount.currency: must be given here or in [source]")
    );
    assert!(order("currency = \"EURO\"", amount).contains("ISO 4217"));
    assert!(order("currency = \"EUR\"", "").contains("data.lines.fields.amount: order.placed: must be given"));
    let unknown = order("currency = \"EUR\"", &format!("{amount}\nskew = \"a\""));
    assert!(unknown.contains("data.lines.fields.skew: order.placed: has no such field"), "{unknown}");
}

#[test]
fn data_that_is_missing_says_what_was_looked_for() {
    let mapping = format!("{SOURCE}{FILE}{EVENT}data.ticket = \"id\"\n");
    let error = read(&mapping, &[]).unwrap_err();
    assert!(matches!(&error, ReadError::Missing { file, looked } if file == "t" && looked[0].ends_with("t.csv")));
    let error = read(&mapping, &[("t.csv", "id,who,time\n")]).unwrap_err();
    assert!(error.to_string().ends_with("t.csv has no column \"at\"; it has: id, who, time"), "{error}");
    let optional = mapping.replace("path", "optional = true\npath");
    assert_eq!(read(&optional, &[]).unwrap().len(), 0);
}

#[test]
fn a_row_that_is_wrong_is_told_by_its_line_and_never_by_its_value() {
    let mapping = format!("{SOURCE}{FILE}{EVENT}data.ticket = \"id\"\ndata.priority = \"p\"\n");
    let secret = "Ann Onymous ".repeat(20);
    let csv = format!(
        "id,who,at,p\n1,ann,2026-01-01,low\n2,ann,{secret},low\n\"3\n3\",ann,2026-01-01,low\n,ann,2026-01-01,low\n\
         5,ann,2026-01-01,{secret}\n6,{secret},2026-01-01,low\n7,ann,,low\n"
    );
    let plan = read(&mapping, &[("t.csv", csv.as_str())]).unwrap();
    let mut said: Vec<String> = plan.rejections().iter().map(ToString::to_string).collect();
    said.extend(plan.events().filter_map(Result::err).map(|rejection| rejection.to_string()));
    assert_eq!(
        said,
        [
            "t.csv:3: ticket.opened: time: must be a time like 2026-01-31 09:30:00, with or without an offset",
            "t.csv:4: ticket.opened: id: an id must not contain control characters (one is at byte 1)",
            "t.csv:6: ticket.opened: id: is missing: one of its columns is empty",
            "t.csv:9: ticket.opened: time: is missing: none of its columns has a value",
            "t.csv:7: ticket.opened: data.priority: a label must be at most 200 bytes long, this one has 239",
            "t.csv:8: ticket.opened: subject: an id must be at most 128 bytes long, this one has 239",
        ]
    );
    assert_eq!(plan.events().filter(Result::is_ok).count(), 1);
    assert_eq!(plan.rows(), 7);
}

#[test]
fn an_event_that_is_larger_than_the_log_takes_is_rejected_when_it_is_made() {
    let lines = "[event.data.lines]\neach = \"rows\"\n[event.data.lines.fields]\nquantity = 1\nsku = \"sku\"\n\
                 amount = { column = \"a\", type = \"money\" }\n";
    let data = "[event.data]\norder = \"id\"\ntotal = { sum = \"a\", over = \"rows\", type = \"money\" }\n";
    let event = EVENT.replace("ticket.opened", "order.placed").replace("from", "row = \"first\"\nfrom");
    let mapping = format!("{SOURCE}{FILE}group = {{ by = \"id\" }}\n{event}{data}{lines}");
    let row = format!("1,ann,2026-01-01,1,{}\n", "x".repeat(120));
    let plan = read(&mapping, &[("t.csv", &format!("id,who,at,a,sku\n{}", row.repeat(1_500)))]).unwrap();
    let said = plan.event(0).unwrap_err().to_string();
    assert!(said.contains("data: an event may have 262144 bytes, this one has"), "{said}");
}

#[test]
fn a_mapping_that_does_not_come_with_nexusflow_is_answered_with_those_that_do() {
    let said = Mapping::shipped("olis").unwrap_err().to_string();
    assert!(
        said.ends_with("there are: olist, olist_funnel, crm_sales, bpi2012, incident_log, online_retail"),
        "{said}"
    );
}
