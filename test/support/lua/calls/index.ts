import type { CallSpec } from "../late/call.js";
import { expiry } from "./expiry.js";
import { idempotency } from "./idempotency.js";
import { job } from "./job.js";
import { lock } from "./lock.js";
import { price } from "./price.js";
import { stock } from "./stock.js";
import { views } from "./views.js";

/** Random calls of every script. `contract/late-duplicates.test.ts` says which script has none. */
export const callSpecs: readonly CallSpec[] = [
  ...stock,
  ...price,
  ...lock,
  ...idempotency,
  ...expiry,
  ...views,
  ...job,
];
