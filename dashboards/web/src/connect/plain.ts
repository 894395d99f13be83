/** The pages of ways in that need no settings. `origin` is where this NexusFlow is reached. */
export const PLAIN = [
  { kind: "http", about: "Any program that can send an HTTP request: CloudEvents, one or many" },
  { kind: "send", about: "An example of any type, from the command line" },
] as const;

function http(origin: string): string {
  return `# Plain HTTP

Send [CloudEvents 1.0](https://cloudevents.io) to \`POST ${origin}/api/v1/events\`. \`subject\` is the customer's id; \`id\` is unique within its
\`source\` for ever: sending an event again never counts twice.

## 1. Try it

\`\`\`sh
curl -i ${origin}/api/v1/events -H 'content-type: application/cloudevents+json' -d '{
  "specversion": "1.0", "id": "order-4711", "source": "/my-shop", "type": "order.placed", "subject": "customer-42",
  "time": "2026-01-31T09:30:00Z",
  "data": {"order": "4711", "total": {"minor": 12950, "currency": "EUR"}}
}'
\`\`\`

The answer \`201\` with a \`place\` comes when the log has stored the event, not before. Elsewhere than on this machine add
\`-H "authorization: Bearer $PUBLISH_TOKEN"\`, with the token for publishing.

## 2. Look at it

The customer is at [/customers/customer-42](/customers/customer-42), with the event in their history.

## 3. Send many

A JSON array with \`content-type: application/cloudevents-batch+json\`, at most 5,000 events and 4 MiB. A bad event takes no other with it: \`207\` says which are stored and
what is wrong with the others.

| answer | what to do |
|---|---|
| \`201\`, \`200\` | It is stored |
| \`207\` | Mend what \`rejected\` names, send again what \`retry\` names |
| \`400\`, \`422\` | Mend the field that the answer names |
| \`429\`, \`503\` | Send it again after \`Retry-After\`, with the same id |

## 4. Check a file before you send it

\`\`\`sh
nexusflow validate events.jsonl
\`\`\`

It says line, column, field, reason and how to mend it. All types with their fields and examples: [the vocabulary](/connect/types). All requests:
[the API](/api/docs).
`;
}

function send(origin: string): string {
  return `# nexusflow send

Publishes an example of any type, as any system would do it, and says where it was stored.

## 1. Try it

\`\`\`sh
nexusflow send order.placed --url ${origin}
\`\`\`

## 2. Make it yours

\`\`\`sh
nexusflow send order.placed --subject customer-7 --set total.minor=9900 --set channel=app --url ${origin}
\`\`\`

\`--set\` gives any field of the data another value; \`--id\`, \`--source\` and \`--time\` those of the event; \`--count 1000\` sends so many, each about another
order. With tokens, \`--token-file FILE\` has the one for publishing, or \`NEXUSFLOW_ACCESS__PUBLISH_TOKEN\`.

## 3. Copy it

\`\`\`sh
nexusflow send survey.answered --print
nexusflow send --list
\`\`\`

The first prints an event to copy into your own program; the second tells [all types](/connect/types).
`;
}

/** The page of that kind; null where it is none of these. */
export function plainPage(kind: string, origin: string): string | null {
  if (kind === "http") return http(origin);
  return kind === "send" ? send(origin) : null;
}
