/** Page views: counted in the process, gathered in Redis, and written to a database once: `moonpath/views`. */
export {
  countViews,
  type ViewCounter,
  type ViewCounterOptions,
  type ViewCounterStatus,
  viewShards,
} from "./counter.js";
export {
  createViewSync,
  type ViewBatch,
  type ViewSync,
  type ViewSyncOptions,
  type ViewSyncRun,
} from "./sync.js";
