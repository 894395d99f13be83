import { lexer, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode, useMemo } from "react";
import { Link } from "wouter";
import { Code } from "./Code";
import styles from "./connect.module.css";

/** An address that may be followed: of this server, or of the web. */
export function isSafe(href: string): boolean {
  return /^(https?:\/\/|\/(?!\/)|#)/i.test(href);
}

function Anchor({ href, children }: { href: string; children: ReactNode }) {
  if (!isSafe(href)) return <>{children}</>;
  if (href.startsWith("/connect")) return <Link href={href}>{children}</Link>;
  return (
    <a href={href} rel="noopener noreferrer">
      {children}
    </a>
  );
}

function many(tokens: readonly Token[] | undefined): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change
  return tokens?.map((token, at) => <Fragment key={at}>{one(token)}</Fragment>);
}

function Heading({ token }: { token: Tokens.Heading }) {
  const inside = many(token.tokens);
  if (token.depth === 1) return <h1 className={styles.h1}>{inside}</h1>;
  return token.depth === 2 ? (
    <h2 className={styles.h2}>{inside}</h2>
  ) : (
    <h3 className={styles.h3}>{inside}</h3>
  );
}

function Table({ token }: { token: Tokens.Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Table">
      <table className={styles.table}>
        <thead>
          <tr>
            {token.header.map((cell) => (
              <th scope="col" key={cell.text}>
                {many(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row) => (
            <tr key={row.map((cell) => cell.text).join("|")}>
              {row.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change
                <td key={at}>{many(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function List({ token }: { token: Tokens.List }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change
  const items = token.items.map((item, at) => <li key={at}>{many(item.tokens)}</li>);
  return token.ordered ? <ol className={styles.ol}>{items}</ol> : <ul className={styles.ul}>{items}</ul>;
}

/** An element for a token. HTML is none: it is shown as it was written. */
function one(token: Token): ReactNode {
  switch (token.type) {
    case "heading":
      return <Heading token={token as Tokens.Heading} />;
    case "paragraph":
      return <p className={styles.p}>{many(token.tokens)}</p>;
    case "code":
      return <Code text={token.text} label={token.lang || "the text"} />;
    case "list":
      return <List token={token as Tokens.List} />;
    case "table":
      return <Table token={token as Tokens.Table} />;
    case "blockquote":
      return <blockquote className={styles.quote}>{many(token.tokens)}</blockquote>;
    case "strong":
      return <strong>{many(token.tokens)}</strong>;
    case "em":
      return <em>{many(token.tokens)}</em>;
    case "codespan":
      return <code>{token.text}</code>;
    case "link":
      return <Anchor href={token.href}>{many(token.tokens)}</Anchor>;
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "space":
      return null;
    case "text":
    case "escape":
      return token.type === "text" && token.tokens !== undefined ? many(token.tokens) : token.text;
    default:
      return token.raw;
  }
}

/** A page of ours in Markdown, as elements: no HTML in it ever becomes any. */
export function Markdown({ text }: { text: string }) {
  const tokens = useMemo(() => lexer(text), [text]);
  return <>{many(tokens)}</>;
}
