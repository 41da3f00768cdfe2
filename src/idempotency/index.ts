/** Requests that run once and replay their reply: `tenant.idempotency`. */
export { idempotencyDefaults } from "./defaults.js";
export { createIdempotency, type Idempotency } from "./idempotency.js";
export { createRunOnce, type RequestScripts } from "./run.js";
export { checkTimes } from "./times.js";
export type { ErrorMeaning, RequestRun, RunOnce, RunOptions } from "./types.js";
