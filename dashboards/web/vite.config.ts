import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { stampBuild } from "./plugins/stamp-build.ts";

export default defineConfig({
  base: "/",
  plugins: [react(), stampBuild()],
  build: {
    target: "es2022",
    // One stylesheet and no preload shim: the first page needs all of it, and the shim would be an inline script.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "/api": { target: "http://127.0.0.1:8080", ws: true, changeOrigin: false },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
