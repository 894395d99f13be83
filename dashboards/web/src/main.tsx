import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { probeAccess } from "./api/session";
import "./tokens.css";
import "./base.css";
import { browserSurroundings, followBrowser } from "./feed/browser";
import { ownBuild } from "./feed/build";
import { Feed } from "./feed/store";

const feed = new Feed(browserSurroundings(), { build: ownBuild(), onRefused: () => void probeAccess() });
feed.start();
followBrowser(feed);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App feed={feed} />
  </StrictMode>,
);
