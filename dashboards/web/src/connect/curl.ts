/** Text as one argument of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const isHere = (origin: string) => ["localhost", "127.0.0.1", "[::1]"].includes(new URL(origin).hostname);

/** What publishes an event from a shell. Elsewhere than on this machine it takes a token. */
export function curl(origin: string, event: unknown): string {
  const token = isHere(origin) ? [] : ['-H "authorization: Bearer $PUBLISH_TOKEN"'];
  return [
    `curl -i ${origin}/api/v1/events`,
    ...token,
    "-H 'content-type: application/cloudevents+json'",
    `-d ${quoted(JSON.stringify(event, null, 2))}`,
  ].join(" \\\n  ");
}
