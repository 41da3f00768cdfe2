/** Requests that run once and replay their reply: `tenant.idempotency`. */
export { createRunOnce, type RequestScripts } from "./run.js";
export type { ErrorMeaning, RequestRun, RunOnce, RunOptions } from "./types.js";
