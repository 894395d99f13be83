import { describe, expect, it } from "vitest";
import { type Command, type Decision, decisionOf, freshId, requestOf } from "./command";
import { CommandDesk } from "./desk";

const ABOUT = {
  kind: "alert",
  customer: "/shop",
  alert: "stale_source:/shop:heart.beat",
  revision: 2,
} as const;

function told(kind: Decision["kind"] = "accepted"): Decision {
  if (kind === "refused") return { kind, code: "stale", message: "acknowledged by Ben since revision 2" };
  if (kind === "denied") return { kind, signIn: true, message: "no" };
  return { kind, message: "well" };
}

/** A desk whose server answers as it is told, in order. */
function deskWith(...answers: Decision[]): { desk: CommandDesk; sent: Command[] } {
  const sent: Command[] = [];
  const desk = new CommandDesk(async (command) => {
    sent.push(command);
    return answers.shift() ?? told();
  });
  return { desk, sent };
}

const settled = () => new Promise((done) => setTimeout(done, 0));

describe("a command", () => {
  it("goes to its alert's address with the revision that was seen", () => {
    const command: Command = {
      id: "1",
      verb: "close",
      actor: "Ana",
      about: ABOUT,
      particulars: { cause: "x", action: "y" },
    };
    expect(requestOf(command)).toEqual({
      path: "/api/v1/alerts/%2Fshop/stale_source%3A%2Fshop%3Aheart%2Ebeat/close",
      body: { id: "1", revision: 2, actor: "Ana", cause: "x", action: "y" },
    });
    const group: Command = {
      ...command,
      verb: "resolve",
      about: { kind: "group", group: "a/b" },
      particulars: {},
    };
    expect(requestOf(group)).toEqual({
      path: "/api/v1/alerts/groups/a%2Fb/resolve",
      body: { id: "1", actor: "Ana" },
    });
  });

  it("is decided by what the server says, and unknown where it says nothing of use", () => {
    const of = (status: number, body: unknown) => decisionOf("acknowledge", status, body);
    expect(of(200, { accepted: true, code: "acknowledged", message: "by Ana" })).toEqual({
      kind: "accepted",
      message: "by Ana",
    });
    expect(of(200, { accepted: 3, refused: 2 })).toEqual({
      kind: "accepted",
      message: "3 acknowledged, 2 refused",
    });
    expect(of(200, { accepted: 0, refused: 2 }).kind).toBe("refused");
    expect(of(409, { accepted: false, error: { code: "stale", message: "acknowledged by Ben" } })).toEqual({
      kind: "refused",
      code: "stale",
      message: "acknowledged by Ben",
    });
    expect(of(404, null)).toMatchObject({ kind: "refused", code: "unknown_alert" });
    expect(of(401, null)).toMatchObject({ kind: "denied", signIn: true });
    expect(of(403, { error: { code: "forbidden", message: "set access.act_token" } })).toMatchObject({
      kind: "denied",
      message: "Not allowed: set access.act_token.",
    });
    expect(of(422, { error: { code: "invalid", message: "is in the past", field: "until" } })).toEqual({
      kind: "invalid",
      message: "until: is in the past",
    });
    expect(of(503, { error: { code: "undecided", message: "not decided in 5 s" } }).kind).toBe("unknown");
    expect(of(200, "<html>").kind).toBe("unknown");
  });

  it("has a name of its own, without randomUUID too", () => {
    const insecure = { getRandomValues: crypto.getRandomValues.bind(crypto) } as Crypto;
    expect(freshId(insecure)).toMatch(/^[0-9a-f]{32}$/);
    expect(freshId(insecure)).not.toBe(freshId(insecure));
  });
});

describe("the desk", () => {
  it("shows that it asks before it shows what was decided", async () => {
    const { desk } = deskWith();
    desk.give("k", "acknowledge", "Ana", {}, ABOUT);
    expect(desk.of("k")?.kind).toBe("asking");
    await settled();
    expect(desk.of("k")).toMatchObject({ kind: "decided", decision: { kind: "accepted" } });
  });

  it("asks once while it asks", async () => {
    const { desk, sent } = deskWith();
    desk.give("k", "acknowledge", "Ana", {}, ABOUT);
    desk.give("k", "resolve", "Ana", {}, ABOUT);
    await settled();
    expect(sent.map(({ verb }) => verb)).toEqual(["acknowledge"]);
  });

  it("knows what its own command made of the alert before the row has come, and of a refused one nothing", async () => {
    const { desk, sent } = deskWith(told("accepted"), told("refused"));
    for (const verb of ["acknowledge", "contact", "resolve"] as const) {
      desk.give("k", verb, "Ana", {}, ABOUT);
      await settled();
    }
    expect(sent.map(({ about }) => about.kind === "alert" && about.revision)).toEqual([2, 3, 2]);
  });

  it("asks again with the same id where nobody knows, and with another on top of what changed", async () => {
    const { desk, sent } = deskWith(told("unknown"), told("refused"));
    desk.give("k", "acknowledge", "Ana", {}, ABOUT);
    await settled();
    desk.askAgain("k");
    await settled();
    desk.tryWith("k", 3);
    await settled();
    const [first, again, anew] = sent;
    expect(again?.id).toBe(first?.id);
    expect(anew?.id).not.toBe(first?.id);
    expect(anew?.about).toEqual({ ...ABOUT, revision: 3 });
    expect(desk.of("k")).toMatchObject({ decision: { kind: "accepted" } });
  });
});
