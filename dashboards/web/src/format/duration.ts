const UNITS = [
  { ms: 86_400_000, name: "d" },
  { ms: 3_600_000, name: "h" },
  { ms: 60_000, name: "min" },
  { ms: 1000, name: "s" },
] as const;

/** The two largest units that matter: `2 d 4 h`, `35 min`, `4 s`, `120 ms`. */
export function duration(ms: number): string {
  const sign = ms < 0 ? "−" : "";
  let rest = Math.abs(Math.round(ms));
  if (rest < 1000) return `${sign}${rest} ms`;
  const first = UNITS.findIndex((unit) => rest >= unit.ms);
  const parts: string[] = [];
  for (const unit of UNITS.slice(first, first + 2)) {
    const many = Math.floor(rest / unit.ms);
    rest -= many * unit.ms;
    if (many > 0) parts.push(`${many} ${unit.name}`);
  }
  // Past ten of the larger unit the smaller one says nothing to anybody.
  const leading = Number.parseInt(parts[0] ?? "0", 10);
  return sign + (leading >= 10 ? parts[0] : parts.join(" "));
}

/** For a wall: one unit, with a decimal where it matters: `1.4 h`, `12 d`, `35 min`. */
export function durationShort(ms: number): string {
  const sign = ms < 0 ? "−" : "";
  const size = Math.abs(ms);
  const unit = UNITS.find((each) => size >= each.ms);
  if (unit === undefined) return `${sign}${Math.round(size)} ms`;
  const many = size / unit.ms;
  const digits = many < 9.95 && unit.name !== "s" ? many.toFixed(1) : many.toFixed(0);
  return `${sign}${digits} ${unit.name}`;
}
