import type { CacheMaker } from "../../cache/index.js";
import { tuningDefaults as defaults } from "../defaults.js";
import { ProcessSlots } from "../fleet/process-slots.js";
import type { CacheReport } from "./cache-report.js";
import { type HotKey, hottestOf } from "./hot-keys.js";
import { reportOf } from "./report.js";

/**
 * Reads what all processes have published, in a process that collects no figures itself, such as the command
 * `moonpath report`. Who may read Redis may read the hottest keys, so guard the call.
 *
 * @param mostKeys the most hottest keys; 0 for none
 */
export async function readReport(
  caches: CacheMaker,
  mostKeys = 0,
): Promise<{ readonly caches: readonly CacheReport[]; readonly keys: readonly HotKey[] }> {
  const slots = new ProcessSlots(caches, defaults.publishMs.value, undefined);
  const published = await slots.read();
  return { caches: reportOf(published), keys: mostKeys > 0 ? hottestOf(published, mostKeys) : [] };
}
