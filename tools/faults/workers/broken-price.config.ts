import { mergeConfig } from "vitest/config";
import whole from "../../../vitest.config.js";

/** The tests as ever, on scripts of which one lacks a guard. */
export default mergeConfig(whole, { test: { setupFiles: ["tools/faults/workers/broken-price.ts"] } });
