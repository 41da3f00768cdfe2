/** Page views: counted in the process, gathered in Redis, and written to a database once: `moonpath/views`. */
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
