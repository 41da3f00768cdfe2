import { defineConfig } from "vitest/config";

// `moonpath/client` and the like lead to the sources, so that nothing must be built to run a test.
const conditions = ["moonpath-source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/tools/codegen/golden/**", "test/fixtures/**"],
    // One Redis and one cluster of six for the whole run; tests keep apart by random namespaces.
    globalSetup: ["test/setup/servers.ts"],
    // For programs that a test starts.
    env: { NODE_OPTIONS: "--conditions=moonpath-source" },
    // Files of one worker share their modules: importing them for each file took more time than the tests.
    isolate: false,
    setupFiles: ["test/setup/each-file.ts"],
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
