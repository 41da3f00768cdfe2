import { nearestName } from "../core/known-options.js";
import { printable } from "../core/printable.js";
import { type Values, variableNames } from "./variables.js";

/** A name of another library or image, which `optionsFromEnv` does not read. */
interface UnreadName {
  /** What to do instead; it completes the sentence "REDIS_X is not read; …". */
  readonly instead: string;
  /** Whether the environment follows that advice already. Absent: it never does. */
  readonly isFollowed?: (values: Values) => boolean;
  /** Whether the value asks for nothing. Absent: every value that is not empty asks for something. */
  readonly isIgnored?: (value: string) => boolean;
}

const address: UnreadName = {
  instead: "write REDIS_ADDR=host:port",
  isFollowed: ({ REDIS_ADDR, REDIS_URL }) => REDIS_ADDR !== undefined || REDIS_URL !== undefined,
};

const tls: UnreadName = {
  instead: "write REDIS_URL=rediss://host:port",
  isFollowed: ({ REDIS_URL }) => REDIS_URL?.trimStart().startsWith("rediss:") === true,
  isIgnored: isNo,
};

const unreadNames: ReadonlyMap<string, UnreadName> = new Map([
  ["REDIS_HOST", address],
  // Kubernetes sets it by itself for a service with the name redis.
  ["REDIS_PORT", { ...address, isIgnored: (value) => value.startsWith("tcp://") }],
  ["REDIS_ADDRESS", address],
  ["REDIS_ENDPOINT", address],
  ["REDIS_USER", { instead: "write REDIS_USERNAME", isFollowed: isSet("REDIS_USERNAME") }],
  ["REDIS_PASS", { instead: "write REDIS_PASSWORD", isFollowed: isSet("REDIS_PASSWORD") }],
  ["REDIS_DATABASE", { instead: "write REDIS_DB", isFollowed: isSet("REDIS_DB") }],
  ["REDIS_TLS", tls],
  ["REDIS_SSL", tls],
  [
    "REDIS_CLUSTER",
    {
      instead: "several addresses in REDIS_ADDR name a cluster",
      isFollowed: ({ REDIS_ADDR, REDIS_URL }) => `${REDIS_ADDR}${REDIS_URL}`.includes(","),
      isIgnored: isNo,
    },
  ],
  [
    "REDIS_TIMEOUT",
    {
      instead: "write REDIS_READ_TIMEOUT for calls, and REDIS_DIAL_TIMEOUT for connecting",
      isFollowed: (values) => isSet("REDIS_READ_TIMEOUT")(values) || isSet("REDIS_DIAL_TIMEOUT")(values),
    },
  ],
  ["REDIS_RETRIES", { instead: "write REDIS_MAX_RETRIES", isFollowed: isSet("REDIS_MAX_RETRIES") }],
]);

function isSet(name: keyof Values): (values: Values) => boolean {
  return (values) => values[name] !== undefined;
}

function isNo(value: string): boolean {
  return /^(?:0|f|false|n|no|off)$/i.test(value);
}

/** The most wrong letters of a name that is taken for a misspelt one. */
const MAX_DISTANCE = 2;

/** A note shows no more of an unknown name. */
const MAX_NAME_LENGTH = 100;

/**
 * Notes on variables that begin with `REDIS` and are not read, and on the server that is used if none is
 * named. Kubernetes sets variables such as `REDIS_PORT` by itself, so an unknown name is no error.
 */
export function notesOnUnread(
  env: { readonly [name: string]: string | undefined },
  values: Values,
): string[] {
  const set = Object.keys(env).filter((name) => name.startsWith("REDIS") && env[name] !== "");
  const notes = set.flatMap((name) => noteOn(name, env[name] ?? "", values));
  const namesServer = values.REDIS_ADDR !== undefined || values.REDIS_URL !== undefined;
  if (namesServer || set.length === 0) return notes;
  return [...notes, "REDIS_ADDR and REDIS_URL are not set, so localhost:6379 is used."];
}

function noteOn(name: string, value: string, values: Values): string[] {
  const known = variableNames();
  if (known.some((other) => other === name)) return [];
  const unread = unreadNames.get(name);
  if (unread) {
    if (unread.isIgnored?.(value) || unread.isFollowed?.(values)) return [];
    return [`${name} is not read; ${unread.instead}.`];
  }
  const nearest = nearestName(name, known);
  if (nearest === undefined || nearest.distance > MAX_DISTANCE) return [];
  return [`${printable(name, MAX_NAME_LENGTH)} is not known; the nearest is ${nearest.name}.`];
}
