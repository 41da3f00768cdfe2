/**
 * `moonpath/views`: page views, counted in the process and in Redis, written to a database once.
 */
export {
  countViews,
  type ViewCounter,
  type ViewCounterOptions,
  type ViewCounterStatus,
} from "./counter.js";
export { viewShards } from "./shards.js";
export {
  createViewSync,
  type ViewBatch,
  type ViewSync,
  type ViewSyncOptions,
  type ViewSyncRun,
} from "./sync.js";
