import { defineConfig } from "vitest/config";
import { all } from "../../../vitest.config.js";
import { PlannedOrder } from "./order.js";

/**
 * The tests as ever, by a runner that repeats each of them with each mutant, one file at a time.
 */
export default defineConfig({
  ...all,
  test: {
    ...all.test,
    globalSetup: ["tools/mutate/run/server.ts"],
    runner: "tools/mutate/run/runner.ts",
    sequence: { sequencer: PlannedOrder },
    fileParallelism: false,
    // Calls of a failed test may end after it.
    dangerouslyIgnoreUnhandledErrors: true,
  },
});
