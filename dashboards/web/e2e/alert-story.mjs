// What happens to the customers of the browser test of alerts: events as their sources would send them, and what the API
// says came of them.
import { client } from "./truth.mjs";

const SOURCE = "/e2e/desk";

/** A shop whose customers can be made unhappy. Every story has customers of its own, so that it can be told twice. */
export function story(base, token) {
  const get = client(base, token);
  const run = Date.now().toString(36);
  let told = 0;

  async function post(path, type, body) {
    const headers = { "content-type": type };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const answer = await fetch(new URL(path, base), { method: "POST", headers, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }

  async function publish(type, subject, data) {
    told += 1;
    const event = { specversion: "1.0", id: `${run}-${told}`, source: SOURCE, type, subject, data };
    const { status, body } = await post("/api/v1/events", "application/cloudevents+json", event);
    if (status !== 201) throw new Error(`${type} was answered ${status}: ${JSON.stringify(body)}`);
  }

  const survey = (subject, score, text) =>
    publish("survey.answered", subject, {
      survey: `s-${run}-${told}`,
      measures: "csat",
      score,
      ...(text === undefined ? {} : { text }),
    });

  return {
    get,
    /** A customer's id that nobody had before. */
    customer: (name) => `${run.slice(-4)}-${name}`,
    identify: (subject, name, tier) =>
      publish("customer.identified", subject, { kind: "business", name, tier }),
    unhappy: survey,
    /** Acts on the alert as a colleague would, from elsewhere. */
    async act(customer, alert, verb, actor, particulars = {}) {
      const { alert: row } = await get(
        `/api/v1/alerts/${encodeURIComponent(customer)}/${encodeURIComponent(alert)}`,
      );
      told += 1;
      const path = `/api/v1/alerts/${encodeURIComponent(customer)}/${encodeURIComponent(alert)}/${verb}`;
      const id = `${run}-act-${told}`;
      const answer = await post(path, "application/json", {
        id,
        revision: row.revision,
        actor,
        ...particulars,
      });
      if (answer.status !== 200)
        throw new Error(`${verb} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    },
    /** The open alerts as the API lists them. */
    async open() {
      const { items } = await get("/api/v1/alerts?state=open&limit=1000");
      return items;
    },
  };
}

export const recoveryOf = (customer) => `recovery:${customer}:feedback`;

/** Open alerts by severity, a group for what it stands for. */
export function bySeverity(items) {
  const counts = { S1: 0, S2: 0, S3: 0, S4: 0 };
  for (const item of items) counts[item.severity] += item.members ?? 1;
  return counts;
}
