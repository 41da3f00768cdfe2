import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/tools/golden/**", "test/fixtures/**"],
    // One Redis and one cluster of six for the whole run; tests keep apart by random namespaces.
    globalSetup: ["test/setup/servers.ts"],
    pool: "forks",
    maxWorkers: 3,
    // A test on a real server takes milliseconds; those that wait for a failover say so themselves.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // Per file instead of per test, the same in CI as on a terminal; failures are shown in full.
    reporters: ["default"],
  },
});
