/// Builds the console into the server's package; in development it is served here and the API is asked of a running server.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const server = process.env.TOCSIN_SERVER ?? "http://127.0.0.1:9110";
const mocked = process.env.TOCSIN_MOCK ? [(await import("./mock/plugin.ts")).mock(process.env.TOCSIN_MOCK_SIZE ?? "40,60")] : [];

export default defineConfig({
  plugins: [svelte(), ...mocked],
  base: "/",
  build: {
    outDir: "../src/tocsin/web/static",
    emptyOutDir: true,
    assetsDir: "assets",
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
  server: { proxy: { "/api": server, "/map/basemap.pmtiles": server } },
  preview: { proxy: { "/api": server, "/map/basemap.pmtiles": server } },
  test: { include: ["tests/**/*.test.ts"], environment: "node", hookTimeout: 60_000, testTimeout: 60_000 },
});
