import { defineConfig } from "vitest/config";

/** The tests of breakers with cockatiel 3, in modules of their own: other tests have loaded cockatiel 4. */
export default defineConfig({
  resolve: {
    conditions: ["moonpath-source"],
    alias: [{ find: /^cockatiel$/, replacement: "cockatiel-3" }],
  },
  test: { include: ["test/sync/hosts.test.ts"], testTimeout: 60_000 },
});
