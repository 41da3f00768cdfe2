import * as keys from "../../generated/ts/keys.js";
import { type Scope, scannedKeys } from "../client/index.js";
import { cacheDefaults as defaults } from "./defaults.js";
import type { CacheHost } from "./host.js";
import type { EntryMatcher } from "./pattern.js";
import type { FoundValue } from "./read/stored-values.js";

/** Makes one kind of key of an entry. */
type KeyOf = (scope: Scope, entry: string) => string;

/** Stands for the name of an entry in a key. */
const MARK = "entry-name";

/** The pattern of Redis for the keys of matching entries. It may match more. */
export function scannedGlob(scope: Scope, keyOf: KeyOf, { glob }: EntryMatcher): string {
  return keyOf(scope, MARK).replace(MARK, glob);
}

/** The names of the matching entries among the keys of a scan, each once. */
export function namesIn(
  found: readonly string[],
  scope: Scope,
  keyOf: KeyOf,
  matcher: EntryMatcher,
): readonly string[] {
  const [before = "", after = ""] = keyOf(scope, MARK).split(MARK);
  const names = found.flatMap((key) => {
    const isOne = key.startsWith(before) && key.endsWith(after);
    const name = isOne ? key.slice(before.length, key.length - after.length) : "";
    return isOne && matcher.matches(name) ? [name] : [];
  });
  return [...new Set(names)];
}

/** The matching entries that have a value. `peek` reads one. */
export async function* scanEntries<Value>(
  host: CacheHost,
  tenant: string,
  matcher: EntryMatcher,
  peek: (name: string) => Promise<FoundValue<Value> | undefined>,
): AsyncGenerator<{ readonly name: string; readonly value: Value }, void> {
  const scope = host.scopeOf(tenant);
  const glob = scannedGlob(scope, keys.cacheEntry, matcher);
  for await (const found of scannedKeys(host.redis, glob, defaults.scanCount.value)) {
    const names = namesIn(found, scope, keys.cacheEntry, matcher);
    const entries = await Promise.all(names.map(async (name) => ({ name, found: await peek(name) })));
    for (const { name, found } of entries) {
      if (found?.value !== undefined) yield { name, value: found.value };
    }
  }
}
