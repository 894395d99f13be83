// What the API says, and where on it each number of the screen is from (its `data-src`).
import { changeDisagrees, disagrees } from "./read.mjs";

export function client(base, token) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return async function get(path) {
    const answer = await fetch(new URL(path, base), { headers });
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`);
    return answer.json();
  };
}

/** A topic's rows as objects. */
export async function topic(get, name, params = {}) {
  const query = new URLSearchParams(params);
  const view = await get(`/api/v1/views/${name}?${query}`);
  return view.rows.map((cells) => Object.fromEntries(view.cols.map((col, i) => [col, cells[i]])));
}

export async function wallTruth(get, period) {
  const [figures, health, pipeline] = await Promise.all([
    topic(get, "figures", { period }),
    topic(get, "health"),
    topic(get, "pipeline"),
  ]);
  return { figures: new Map(figures.map((figure) => [figure.key, figure])), health, pipeline };
}

const sum = (rows, col) => rows.reduce((total, row) => total + row[col], 0);

function figureTruth(figures, [key, field]) {
  const figure = figures.get(key);
  if (figure === undefined) return null;
  if (field === "change") return { change: figure };
  if (field.startsWith("parts.")) return { value: figure.parts[field.slice(6)], of: { unit: "count" } };
  if (field === "n") return { value: figure.n, of: { unit: "count" } };
  return { value: figure[field], of: figure };
}

function pipelineTruth(pipeline, rest) {
  if (rest[1] === "sum") {
    // A stage has a row for each currency, each with the count of the stage.
    const stages = new Map(
      pipeline.filter((row) => row.status === rest[0]).map((row) => [`${row.pipeline}|${row.stage}`, row]),
    );
    return { value: sum([...stages.values()], "count"), of: { unit: "count" } };
  }
  const [name, stage, currency, col] = rest;
  const row = pipeline.find(
    (each) => each.pipeline === name && each.stage === stage && (each.currency ?? "") === currency,
  );
  if (row === undefined) return null;
  return { value: row[col], of: col === "count" ? { unit: "count" } : { unit: "money", currency } };
}

/** What is wrong with a number on the screen, or null. */
export function check(truth, { src, raw, text, currency }) {
  const [topicName, ...rest] = src.split("|");
  let expected = null;
  if (topicName === "figures") expected = figureTruth(truth.figures, rest);
  else if (topicName === "pipeline") expected = pipelineTruth(truth.pipeline, rest);
  else if (topicName === "health") {
    const rows = truth.health.filter((row) => row.band === rest[0]);
    expected = { value: sum(rows, "customers"), of: { unit: "count" } };
  }
  if (expected === null) {
    // A figure the API does not have may be shown only as unknown.
    return text === "–" ? null : `${src}: the API has nothing like it, the screen shows "${text}"`;
  }
  if (expected.change !== undefined) {
    const wrong = changeDisagrees(text, expected.change);
    return wrong === null ? null : `${src}: ${wrong}`;
  }
  const { value, of } = expected;
  if (raw !== String(value ?? ""))
    return `${src}: the screen stands at ${raw || "nothing"}, the API at ${value}`;
  if (of.unit === "money" && value !== null && currency !== of.currency)
    return `${src}: not in ${of.currency}`;
  const wrong = disagrees(text, value, of);
  return wrong === null ? null : `${src}: ${wrong}`;
}
