import { FrequentKeys } from "../collect/frequent-keys.js";
import { tuningDefaults as defaults } from "../defaults.js";
import type { Published } from "../fleet/published.js";

/** An entry that many callers read. */
export interface HotKey {
  readonly tenant: string;
  /** The name of the entry, such as `product:lamp`. */
  readonly entry: string;
  /** About so many requests in the last minutes. It is too low rather than too high. */
  readonly requests: number;
}

/** The hottest keys of all processes, the hottest first. */
export function hottestOf(published: readonly Published[], most: number): readonly HotKey[] {
  const merged = new FrequentKeys(defaults.maxHotKeys.value);
  for (const { keys, sampleEvery } of published)
    for (const { key, count } of keys) merged.add(key, count * sampleEvery);
  return merged.top(most).map(({ key, count }) => {
    const [tenant = "", entry = ""] = key.split("\0");
    return { tenant, entry, requests: Math.round(count) };
  });
}
