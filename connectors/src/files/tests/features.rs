//! Each thing that a mapping can say, on a few rows.

use super::{SOURCE, all, plan};

/// A mapping of tickets, whose data asks for little.
fn tickets(file: &str, data: &str) -> String {
    format!(
        "{SOURCE}[[file]]\nname = \"t\"\n{file}\n[[event]]\ntype = \"ticket.opened\"\nfrom = \"t\"\nid = \"{{id}}\"\n\
         subject = \"who\"\ntime = \"at\"\n[event.data]\nticket = \"id\"\n{data}\n"
    )
}

#[test]
fn columns_constants_templates_and_fallbacks() {
    let mapping = tickets(
        "path = \"t.csv\"",
        "channel = { value = \"phone\" }\ncategory = { template = \"{a}/{b}\" }\npriority = [\"b\", \"a\"]",
    );
    let csv = "id,who,at,a,b\n1,ann,2026-01-01,x,y\n2,bob,2026-01-02,x,\n3,eve,2026-01-03,,\n";
    assert_eq!(
        all(&plan(&mapping, &[("t.csv", csv)])),
        [
            r#"2026-01-01 ticket.opened 1 ann {"ticket":"1","channel":"phone","category":"x/y","priority":"y"}"#,
            r#"2026-01-02 ticket.opened 2 bob {"ticket":"2","channel":"phone","priority":"x"}"#,
            r#"2026-01-03 ticket.opened 3 eve {"ticket":"3","channel":"phone"}"#,
        ]
    );
}

#[test]
fn cells_are_cleaned_before_anything_sees_them() {
    let file = "path = \"t.csv\"\nnull = [\"?\"]\ncolumns.id = { strip_prefix = \"T-\", strip_suffix = \".0\" }\n\
                columns.a.map = { hi = \"high\" }";
    let mapping = tickets(file, "priority = \"a\"\ncategory = \"b\"");
    let csv = "id,who,at,a,b\nT-1.0,ann,2026-01-01,hi,?\n2,ann,2026-01-01,low, two   words \n";
    assert_eq!(
        all(&plan(&mapping, &[("t.csv", csv)])),
        [
            r#"2026-01-01 ticket.opened 1 ann {"ticket":"1","priority":"high"}"#,
            r#"2026-01-01 ticket.opened 2 ann {"ticket":"2","category":"two words","priority":"low"}"#,
        ]
    );
}

#[test]
fn a_header_may_say_a_name_twice_and_a_file_may_be_latin_1_with_semicolons() {
    let file = "path = \"t.csv\"\nencoding = \"latin-1\"\ndelimiter = \";\"";
    let mapping = tickets(file, "category = { template = \"{c}/{c#2}\" }");
    let folder = tempfile::tempdir().unwrap();
    let csv = b"id;who;at;c;c\n1;ann;2026-01-01;\xe9t\xe9;\"a;b\"\n";
    std::fs::write(folder.path().join("t.csv"), csv).unwrap();
    let mapping = super::Mapping::parse("test", &mapping).unwrap();
    let plan = super::Plan::read(&mapping, folder.path(), &mut |_, _| {}).unwrap();
    assert_eq!(all(&plan), [r#"2026-01-01 ticket.opened 1 ann {"ticket":"1","category":"été/a;b"}"#]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    let mapping = tickets("path = \"t.csv\"", "");
    let plan = plan(&mapping, &[("t.csv", "\u{feff}id,who,at\r\n1,ann,2026-01-01\r\n")]);
    assert_eq!(all(&plan), [r#"2026-01-01 ticket.opened 1 ann {"ticket":"1"}"#]);
}

#[test]
fn json_lines_are_read_by_path() {
    let mapping = tickets(
        "path = \"t.jsonl\"\nformat = \"jsonl\"",
        "priority = \"about.priority\"\ncategory = \"tags.1\"\nchannel = \"a.b\"",
    );
    let jsonl = r#"{"id":7,"who":"ann","at":"2026-01-01T00:00:00+01:00","about":{"priority":2},"tags":["x","y"],"a.b":"web"}

{"id":8,"who":null,"at":"2026-01-02"}
not json
"#;
    let plan = plan(&mapping, &[("t.jsonl", jsonl)]);
    let first = r#"{"ticket":"7","channel":"web","category":"y","priority":"2"}"#;
    let missing = "! t.jsonl:3: ticket.opened: subject: is missing: none of its columns has a value";
    assert_eq!(all(&plan), [&format!("2025-12-31T23:00 ticket.opened 7 ann {first}"), missing]);
    assert_eq!(plan.rejections()[0].to_string(), "t.jsonl:4: .: is no JSON object");
}

#[test]
fn one_file_of_a_mapping_may_be_several_files() {
    let mapping = tickets("path = [\"missing.csv\", \"t-*.csv\"]", "");
    let (first, second) = ("id,who,at\n1,ann,2026-01-02\n", "who,id,at\nbob,2,2026-01-01\nbob,3\n");
    let plan = plan(&mapping, &[("t-1.csv", first), ("t-2.csv", second), ("other.csv", "")]);
    assert_eq!(all(&plan).len(), 2);
    assert_eq!(plan.rejections()[0].to_string(), "t-2.csv:3: .: has 2 cells, the header has 3");
}

const ORDERS: &str = r#"
[[file]]
name = "orders"
path = "orders.csv"
joins.buyer = { file = "people", by = "buyer", to = "id" }
joins.lines = { file = "lines", by = "id", to = "order" }
[[file]]
name = "people"
path = "people.csv"
joins.firm = { file = "people", by = "works_for", to = "id" }
[[file]]
name = "lines"
path = "lines.csv"
[[event]]
type = "order.placed"
from = "orders"
id = "{id}"
subject = ["buyer.firm.id", "buyer.id", "id"]
time = "at"
[event.data]
order = "id"
site = "buyer.firm.city"
total = { sum = ["price * count", "freight"], over = "lines", type = "money", round = true }
[event.data.lines]
each = "lines"
[event.data.lines.fields]
sku = "sku"
quantity = { column = "count", type = "integer" }
amount = { sum = "price * count", type = "money", round = true }
"#;

#[test]
fn rows_of_other_files_are_joined_summed_and_listed() {
    let people = "id,works_for,city\np1,f1,Vigo\np2,,\nf1,,Porto\n";
    let lines = "order,sku,price,count,freight\n1,a,0.335,2,1.005\n2,b,10,1,0\n1,c,5,3,0\n";
    let orders = "id,buyer,at\n1,p1,2026-01-01\n2,p2,2026-01-02\n3,nobody,2026-01-03\n";
    let files = [("orders.csv", orders), ("people.csv", people), ("lines.csv", lines)];
    let money = |minor: i64| format!(r#"{{"minor":{minor},"currency":"EUR"}}"#);
    let line = |sku, quantity, minor| format!(r#"{{"sku":"{sku}","quantity":{quantity},"amount":{}}}"#, money(minor));
    // 0.335 * 2 + 1.005 + 15 = 16.675, rounded once and away from zero.
    let first = format!(r#""total":{},"lines":[{},{}]"#, money(1_668), line("a", 2, 67), line("c", 3, 1_500));
    let second = format!(r#""total":{},"lines":[{}]"#, money(1_000), line("b", 1, 1_000));
    assert_eq!(
        all(&plan(&format!("{SOURCE}{ORDERS}"), &files)),
        [
            format!(r#"2026-01-01 order.placed 1 f1 {{"order":"1",{first},"site":"Porto"}}"#),
            format!(r#"2026-01-02 order.placed 2 p2 {{"order":"2",{second}}}"#),
            format!(r#"2026-01-03 order.placed 3 3 {{"order":"3","total":{}}}"#, money(0)),
        ]
    );
}

/// Events of the rows of a ticket, which stand in the file in any order.
fn history(event: &str) -> Vec<String> {
    let file = "path = \"t.csv\"\ngroup = { by = \"id\", order = [{ column = \"n\", type = \"integer\" }] }";
    let text = format!(
        "{SOURCE}[[file]]\nname = \"t\"\n{file}\n[[event]]\ntype = \"ticket.status_changed\"\nfrom = \"t\"\n\
         id = \"{{id}}:{{n}}\"\nsubject = \"first.who\"\ntime = \"at\"\n{event}\n[event.data]\nticket = \"id\"\n\
         status = \"status\"\npending = {{ column = \"status\", type = \"bool\", map = {{ waiting = true }}, other = false }}\n"
    );
    let csv = "id,n,who,at,status\n1,10,zoe,2026-01-03,waiting\n2,1,bob,2026-01-01,new\n1,9,ann,2026-01-02,new\n\
               1,2,ann,2026-01-01,new\n";
    let line = |line: &String| line.replace(" ticket.status_changed", "");
    all(&plan(&text, &[("t.csv", csv)])).iter().map(line).collect()
}

#[test]
fn rows_are_grouped_ordered_and_compared_with_the_one_before() {
    let changed = history("when = [{ column = \"status\", changed = true }]");
    assert_eq!(changed, [r#"2026-01-03 1:10 ann {"ticket":"1","status":"waiting","pending":true}"#]);
    assert_eq!(
        history("row = \"first\""),
        [
            r#"2026-01-01 1:2 ann {"ticket":"1","status":"new","pending":false}"#,
            r#"2026-01-01 2:1 bob {"ticket":"2","status":"new","pending":false}"#
        ]
        .map(|line| line.replace(r#","pending":false"#, "")),
        "the group that the file names first"
    );
    assert_eq!(history("row = \"last\"").len(), 2);
    assert_eq!(history("when = [{ column = \"previous.n\", present = true }]").len(), 2);
}

#[test]
fn conditions_choose_rows() {
    let chosen = |conditions: &str| {
        let event = format!("{conditions}\n[event.data]");
        let mapping = tickets("path = \"t.csv\"\ngroup = { by = \"who\" }", "").replace("[event.data]", &event);
        let csv = "id,who,at,a,n\n1,ann,2026-01-01,x,1.5\n2,ann,2026-01-02,y,\n3,bob,2026-01-03,,-3\n";
        let ids = all(&plan(&mapping, &[("t.csv", csv)]));
        ids.iter().filter_map(|line| line.split(' ').nth(2)).collect::<String>()
    };
    assert_eq!(chosen("when = [{ column = \"a\", is = \"x\" }]"), "1");
    assert_eq!(chosen("when = [{ column = \"a\", is = [\"x\", \"y\"] }]"), "12");
    assert_eq!(chosen("unless = [{ column = \"a\", is = \"x\" }]"), "23");
    assert_eq!(chosen("when = [{ column = \"a\", present = false }]"), "3");
    assert_eq!(chosen("when = [{ column = [\"a\", \"n\"], present = true }]"), "123");
    assert_eq!(chosen("when = [{ column = \"who\", starts_with = [\"a\", \"c\"] }]"), "12");
    assert_eq!(chosen("when = [{ column = \"n\", above = 1 }]"), "1");
    assert_eq!(chosen("when = [{ column = \"n\", below = \"-2.9\" }]"), "3");
    assert_eq!(chosen("when = [{ column = \"a\", over = \"rows\", is = \"y\" }]"), "12");
    assert_eq!(chosen("when = [{ column = \"a\", is = \"x\" }, { column = \"who\", is = \"bob\" }]"), "");
}

#[test]
fn values_are_read_as_their_type() {
    let mapping = |kind: &str, data: &str| {
        format!(
            "[source]\nuri = \"/t\"\nzone = \"Europe/Madrid\"\ndecimal = \",\"\ntime_format = \"%d/%m/%Y %H:%M\"\n\
             [[file]]\nname = \"t\"\npath = \"t.csv\"\ndelimiter = \";\"\n[[event]]\ntype = \"{kind}\"\nfrom = \"t\"\n\
             id = \"{{id}}\"\nsubject = \"id\"\ntime = \"at\"\n[event.data]\n{data}\n"
        )
    };
    let one = |kind: &str, data: &str, value: &str| {
        let csv = format!("id;at;v;cur\n1;01/07/2026 09:30;{value};JPY\n");
        let line = all(&plan(&mapping(kind, data), &[("t.csv", &csv)])).remove(0);
        line.split_once(" 1 1 ").map_or(line.clone(), |(_, data)| data.to_owned())
    };
    let money =
        |field: &str, value: &str| one("payment.received", &format!("payment = \"id\"\namount = {field}"), value);
    let yen = "{ column = \"v\", type = \"money\", currency_column = \"cur\" }";
    assert_eq!(money(yen, "1.234"), r#"{"payment":"1","amount":{"minor":1234,"currency":"JPY"}}"#);
    let euro = "{ column = \"v\", type = \"money\", currency = \"EUR\", negate = true }";
    assert_eq!(money(euro, "1.234,5"), r#"{"payment":"1","amount":{"minor":-123450,"currency":"EUR"}}"#);
    assert_eq!(
        money(yen, "0,5"),
        "! t.csv:2: payment.received: data.amount: has more digits after the point than it may: say `round = true` to \
         allow it"
    );
    let call = "call = \"id\"\ndirection = { value = \"inbound\" }\nseconds = { column = \"v\", type = \"duration\", unit = \"min\" }";
    assert!(one("call.logged", call, "1,5").contains(":90"), "{}", one("call.logged", call, "1,5"));
    assert!(one("call.logged", call, "0:45").contains(":45"));
    let promised = "order = \"id\"\npromised_at = { column = \"v\", type = \"time\" }";
    assert_eq!(
        one("delivery.promised", promised, "02/07/2026 00:00"),
        r#"{"order":"1","promised_at":"2026-07-01T22:00:00.000Z"}"#
    );
    let long = "x".repeat(300);
    let label = one("ticket.opened", "ticket = \"id\"\npriority = { column = \"v\", truncate = true }", &long);
    assert_eq!(label.len(), r#"{"ticket":"1","priority":""}"#.len() + 200);
    assert!(one("ticket.opened", "ticket = \"id\"\npriority = \"v\"", &long).contains("at most 200 bytes"));
    let text = "ticket = \"id\"\ntext = { column = \"v\", type = \"text\" }";
    assert_eq!(one("ticket.opened", text, "\" two\nlines \""), r#"{"ticket":"1","text":" two\nlines "}"#);
    let nested =
        "review = \"id\"\nscore = { column = \"v\", type = \"integer\" }\n\"scale.min\" = 1\n\"scale.max\" = 5";
    assert_eq!(one("review.posted", nested, "4"), r#"{"review":"1","score":4,"scale":{"min":1,"max":5}}"#);
}

#[test]
fn an_id_counts_once_and_never_for_two_things() {
    let mapping = tickets("path = \"t.csv\"", "priority = \"a\"");
    let csv = "id,who,at,a\n1,ann,2026-01-01,x\n1,ann,2026-01-01,x\n1,ann,2026-01-02,x\n2,bob,2026-01-03,y\n";
    let plan = plan(&mapping, &[("t.csv", csv)]);
    assert_eq!((plan.len(), plan.duplicates(), plan.rows()), (2, 1, 4));
    let said: Vec<String> = plan.rejections().iter().map(ToString::to_string).collect();
    let twice = "is used twice with different content: an event's id is its own for ever";
    assert_eq!(said, [format!("t.csv:4: ticket.opened: id: {twice}")]);
}

#[test]
fn the_example_of_the_documentation_works() {
    let page = include_str!("../../../../docs/mappings.md");
    let mapping = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let orders =
        "id,buyer_id,placed_at,status,delivered\n1,7,2026-01-01 10:00,geliefert,05/01/2026 12:00\n2,8,2026-01-02,-,\n";
    let lines = "order_id;sku;price;quantity\n1;a;2.50;2\n";
    let buyers = r#"{"id":7,"crm_id":"C7","address":{"city":"Vigo"}}"#;
    let files = [("orders.csv", orders), ("lines-1.csv", lines), ("buyers.jsonl", buyers)];
    let money = r#"{"minor":500,"currency":"EUR"}"#;
    let line = format!(r#"[{{"sku":"a","quantity":2,"amount":{money}}}]"#);
    assert_eq!(
        all(&plan(mapping, &files)),
        [
            format!(
                r#"2026-01-01T09:00 order.placed 1:placed C7 {{"order":"1","total":{money},"lines":{line},"site":"Vigo"}}"#
            ),
            r#"2026-01-01T23:00 order.placed 2:placed 8 {"order":"2","total":{"minor":0,"currency":"EUR"}}"#.to_owned(),
            r#"2026-01-05T11:00 delivery.delivered 1:delivered C7 {"order":"1"}"#.to_owned(),
        ]
    );
}
