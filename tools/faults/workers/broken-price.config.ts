import { mergeConfig } from "vitest/config";
import { all } from "../../../vitest.config.js";

/** The usual tests, on scripts of which one lacks a guard. */
export default mergeConfig(all, { test: { setupFiles: ["tools/faults/workers/broken-price.ts"] } });
