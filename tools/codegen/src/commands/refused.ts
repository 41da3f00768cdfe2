import type { Command } from "./table.js";

const WHOLE_KEYSPACE = "scans the whole keyspace instead of declared keys";
const ALL_DATABASES = "changes whole databases instead of declared keys";
const ANOTHER_DATABASE = "can write to another database, which no ACL prevents";
const NAMED_BY_DATA = "is dangerous, because BY and GET read keys that data names";

/** Refused beside what the server's own flags and ACL categories refuse, or with a better reason. */
const REFUSED: Readonly<Record<string, string>> = {
  COPY: ANOTHER_DATABASE,
  DBSIZE: WHOLE_KEYSPACE,
  KEYS: WHOLE_KEYSPACE,
  RANDOMKEY: WHOLE_KEYSPACE,
  SCAN: WHOLE_KEYSPACE,
  FLUSHALL: ALL_DATABASES,
  FLUSHDB: ALL_DATABASES,
  SWAPDB: ALL_DATABASES,
  MIGRATE: "sends keys to another server and blocks meanwhile",
  MOVE: ANOTHER_DATABASE,
  RESTORE: "is dangerous, because it reads an unchecked serialized value",
  SELECT: "changes the database of the script's keys",
  SORT: NAMED_BY_DATA,
  SORT_RO: NAMED_BY_DATA,
};

/**
 * Commands without a key that neither reveal nor change data of others. The ACL limits the channels
 * of PUBLISH.
 */
const WITHOUT_KEYS: ReadonlySet<string> = new Set(["ECHO", "PING", "PUBLISH", "SPUBLISH", "TIME"]);

/** Redis's own ACL categories that no script needs, and what each says of a command. */
const CATEGORIES: readonly (readonly [category: string, why: string])[] = [
  ["@admin", "is for administrators"],
  ["@dangerous", "is in Redis's ACL category dangerous"],
  ["@scripting", "runs or manages scripts"],
  ["@blocking", "can block, which a script must not"],
];

/**
 * Why no script may run a command, and why no ACL of scripts may hold it; undefined where it may.
 * A container such as `CONFIG` is refused too: an ACL that holds it holds all of its subcommands.
 */
export function refusalOf({ name, flags, acl, keys }: Command): string | undefined {
  const own = REFUSED[name];
  if (own !== undefined) return own;
  if (flags.includes("blocking")) return "can block, which a script must not";
  if (flags.includes("noscript")) return "is not allowed in scripts";
  if (flags.includes("admin")) return "is for administrators";
  const category = CATEGORIES.find(([one]) => acl.includes(one));
  if (category !== undefined) return category[1];
  return keys.length === 0 && !WITHOUT_KEYS.has(name) ? "uses no key of the script" : undefined;
}
