import { defineConfig, mergeConfig } from "vitest/config";
import whole from "./vitest.config.js";

/** The tests to run while editing: no races, no programs that are started, no failovers. */
export default mergeConfig(
  whole,
  defineConfig({
    test: {
      exclude: [
        "test/**/*.race.test.ts",
        "test/command/**",
        "test/package/**",
        "test/storefront/**",
        "test/testing/**",
        "test/tools/codegen/cli/**",
        "test/tools/codegen/{golden,commands}*/**",
        "test/tools/codegen/golden.test.ts",
        "test/tools/codegen/parse/size.test.ts",
        "test/tools/{faults,fuzz,mutate}/**",
      ],
    },
  }),
);
