import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const PLACEHOLDER = "__NEXUSFLOW_BUILD__";
const TEXT = /\.(html|js|css|svg|json|txt)$/;

/** Byte 9 of a gzip header names the operating system; 255 ("unknown") keeps builds equal everywhere. */
function gzip(text: Uint8Array): Uint8Array {
  const packed = gzipSync(text, { level: 9 });
  packed[9] = 255;
  return packed;
}

/**
 * Gives the build a name made of its own content, so that the page and the server can tell whether they belong
 * together: in index.html's `<meta name="nexusflow-build">` and in build.txt. Compresses text once, here, so that
 * no request has to.
 */
export function stampBuild(): Plugin {
  return {
    name: "nexusflow:stamp-build",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const files = Object.values(bundle).sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
        const bytes = (file: (typeof files)[number]) =>
          Buffer.from(file.type === "chunk" ? file.code : file.source);
        const hash = createHash("sha256");
        for (const file of files) hash.update(file.fileName).update("\0").update(bytes(file));
        const build = hash.digest("hex").slice(0, 16);

        const index = bundle["index.html"];
        if (index?.type !== "asset") throw new Error("index.html is missing from the bundle");
        index.source = index.source.toString().replace(PLACEHOLDER, build);
        this.emitFile({ type: "asset", fileName: "build.txt", source: build });
        for (const file of files) {
          if (TEXT.test(file.fileName)) {
            this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source: gzip(bytes(file)) });
          }
        }
      },
    },
  };
}
