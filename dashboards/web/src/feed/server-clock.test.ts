import { describe, expect, it } from "vitest";
import { ServerClock } from "./server-clock";

describe("the server's clock", () => {
  it("is believed by the message that was least long on its way, and keeps still for little", () => {
    const clock = new ServerClock();
    expect(clock.hear(null, 0)).toBeNull();
    expect(clock.hear(10_000, 5000)).toBe(5000);
    expect(clock.hear(12_000, 10_000)).toBe(5000);
    expect(clock.hear("1970-01-01T00:00:14.100Z", 9000)).toBe(5000);
    expect(clock.hear(16_000, 10_000)).toBe(6000);
  });

  it("is followed when the browser's clock is set right", () => {
    const clock = new ServerClock();
    let told: number | null = null;
    for (let i = 0; i < 8; i += 1) told = clock.hear(i * 2000, i * 2000 + 3_600_000);
    expect(told).toBe(-3_600_000);
    for (let i = 8; i < 16; i += 1) told = clock.hear(i * 2000, i * 2000);
    expect(told).toBe(0);
  });
});
