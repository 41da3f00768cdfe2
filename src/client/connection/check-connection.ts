import { ArgumentError } from "../../core/errors.js";
import { readFrom } from "../../core/read-from.js";
import type { RedisLike } from "./redis.js";

const ofBoth = ["on", "off", "listenerCount", "connect", "call"];
const ofSingle = [...ofBoth, "callBuffer", "multi", "pipeline", "duplicate"];
const ofCluster = [...ofBoth, "nodes", "refreshSlotsCache"];

/** What a client and a cluster of node-redis have. */
const ofNodeRedis = ["on", "off", "connect", "sendCommand"];

const expected =
  "a Redis or Cluster object of ioredis 5 or 6, or of iovalkey, or a client or cluster of node-redis 5 or 6";

/**
 * Checks that a value, also of a caller in plain JavaScript, has what the client uses.
 *
 * @param argument what the error names
 * @throws ArgumentError that names the clients that fit
 */
export function checkConnection(redis: RedisLike, argument = "redis"): void {
  const value: unknown = redis;
  const refuse = (given: string): never => {
    throw new ArgumentError(argument, `${expected}; this is ${given}`);
  };
  if (typeof value === "string" || value instanceof URL) refuse("a URL; pass new Redis(url)");
  if (typeof value === "function") refuse("a class or a function; pass new Redis(…)");
  if (typeof value !== "object" || value === null) throw new ArgumentError(argument, expected);
  const { missing, keyPrefix, other } = readFrom(argument, () => factsOf(value), undefined, expected);
  if (other !== undefined) refuse(other);
  if (missing !== undefined) refuse(`an object without ${missing}`);
  if (!keyPrefix) return;
  throw new ArgumentError(argument, "a connection without keyPrefix; the namespace option is its place");
}

function factsOf(value: object) {
  const has = (name: string) => typeof Reflect.get(value, name) === "function";
  const isSentinel = "getSentinelNode" in value || "execute" in value;
  if ("isOpen" in value && !("status" in value) && !isSentinel && ofNodeRedis.every(has)) {
    return { missing: undefined, keyPrefix: keyPrefixOf(value), other: undefined };
  }
  const isReady = typeof Reflect.get(value, "status") === "string";
  const methods = has("nodes") ? ofCluster : ofSingle;
  const missing = methods.find((name) => !has(name)) ?? (isReady ? undefined : "status");
  const other = missing === undefined ? undefined : otherThing(value, has);
  return { missing, keyPrefix: keyPrefixOf(value), other };
}

function keyPrefixOf(value: object): unknown {
  const options: unknown = Reflect.get(value, "options");
  return typeof options === "object" && options !== null ? Reflect.get(options, "keyPrefix") : undefined;
}

/** What else the value probably is; undefined if that is not known. */
function otherThing(value: object, has: (name: string) => boolean): string | undefined {
  if (has("then")) return "a promise; await it first";
  if (has("sendCommand") && "isOpen" in value)
    return "a Sentinel or a pool of node-redis; pass a client or a cluster";
  if (has("exec")) return "a pipeline or a transaction; pass its connection";
  if ("host" in value || "port" in value) return "options of a connection; pass new Redis(options)";
  return undefined;
}
