import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import styles from "./bar.module.css";
import { setMuted, useSound } from "./sound";
import { Who } from "./Who";

const SECTIONS = [
  { href: "/alerts", label: "Queue" },
  { href: "/alerts/silences", label: "Silences" },
  { href: "/alerts/deliveries", label: "Deliveries" },
  { href: "/alerts/quality", label: "Quality" },
  { href: "/alerts/tv", label: "TV" },
] as const;

function SoundChoice() {
  const sound = useSound();
  const words = { on: "Sound on", muted: "Sound off", blocked: "Sound: click once to allow" } as const;
  return (
    <button
      type="button"
      className={styles.chip}
      aria-pressed={sound === "on"}
      data-warn={sound === "blocked"}
      onClick={() => setMuted(sound === "on")}
    >
      {words[sound]}
    </button>
  );
}

/** The browser is asked only by this button, never on its own. */
function NotifyChoice() {
  const can = typeof Notification !== "undefined";
  const [permission, setPermission] = useState(can ? Notification.permission : "denied");
  if (!can) return null;
  if (permission !== "default") {
    const words = permission === "granted" ? "Notifications on" : "Notifications blocked by the browser";
    return (
      <button type="button" className={styles.chip} aria-pressed={permission === "granted"} disabled>
        {words}
      </button>
    );
  }
  const allow = async () => setPermission(await Notification.requestPermission());
  return (
    <button type="button" className={styles.chip} onClick={() => void allow()}>
      Notify me
    </button>
  );
}

/** The console's parts, who is here, and how they want to be called. */
export function Sections({ children }: { children?: ReactNode }) {
  const [location] = useLocation();
  const known = SECTIONS.find(({ href }) => href !== "/alerts" && location === href);
  const here = known?.href ?? "/alerts";
  return (
    <div className={styles.sections} data-sections="">
      <nav aria-label="Alerts">
        {SECTIONS.map(({ href, label }) => (
          <Link key={href} href={href} aria-current={href === here ? "page" : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <div className={styles.tools}>
        <SoundChoice />
        <NotifyChoice />
        <Who />
        {children}
      </div>
    </div>
  );
}
