import type { Model } from "../../model/model.js";
import { aclRules } from "./rules.js";

/** What a client sends to read entries and tokens of a cache without a script. */
const READING = ["mget", "time"];

/** What a cache sends besides: `deletePattern` looks for keys and removes them, and L1 has keys tracked. */
const OTHERS = ["client|id", "client|tracking", "scan", "unlink"];

/** The channel on which a server tells which tracked keys have changed. */
const TRACKING_CHANNEL = "__redis__:invalidate";

/** Whether the scripts have a cache, which is the domain `cache`. */
export function hasCache(model: Pick<Model, "scripts">): boolean {
  return model.scripts.some(({ domain }) => domain === "cache");
}

/** The commands that every user of a cache needs beside the scripts. */
export function cacheReading(model: Pick<Model, "scripts">): readonly string[] {
  return hasCache(model) ? READING : [];
}

/** The rules of `moonpath-cache`: the scripts of caches only, and what L1 and `deletePattern` need. */
export function cacheRules(model: Model, namespace: string): string[] {
  const scripts = model.scripts.filter(({ domain }) => domain === "cache");
  const rules = aclRules(model, scripts, namespace, [...READING, ...OTHERS]);
  const firstCommand = rules.findIndex((rule) => rule.startsWith("+"));
  return rules.toSpliced(firstCommand, 0, `&${TRACKING_CHANNEL}`);
}
