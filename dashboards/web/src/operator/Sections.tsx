import { Link, useLocation } from "wouter";
import bar from "../alerts/bar.module.css";
import { Who } from "../alerts/Who";

const SECTIONS = [
  { href: "/operator", label: "Overview" },
  { href: "/operator/dead-letters", label: "Not understood" },
  { href: "/operator/keys", label: "Keys" },
] as const;

/** The operator's pages, and who is here. */
export function OperatorSections() {
  const [location] = useLocation();
  return (
    <div className={bar.sections} data-sections="">
      <nav aria-label="Operator">
        {SECTIONS.map(({ href, label }) => (
          <Link key={href} href={href} aria-current={href === location ? "page" : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <div className={bar.tools}>
        <Who />
      </div>
    </div>
  );
}
