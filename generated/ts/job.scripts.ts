// Generated from lua/job/ by moonpath-codegen. DO NOT EDIT.
import { type JobFinishOperation, jobFinish } from "./job/finish.js";
import { type JobReadOperation, jobRead } from "./job/read.js";
import { type JobStartOperation, jobStart } from "./job/start.js";

export * from "./job/finish.js";
export * from "./job/read.js";
export * from "./job/start.js";

/** The scripts of `job` as functions. */
export interface JobOperations extends JobFinishOperation, JobReadOperation, JobStartOperation {}

/** Every script of `job`, as a client takes them: `{ job: jobScripts }`. */
export const jobScripts = {
  finish: jobFinish,
  read: jobRead,
  start: jobStart,
};
