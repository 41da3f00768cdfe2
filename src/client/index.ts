export { defaults } from "./defaults.js";
export * from "./errors.js";
export type { Listening } from "./listener.js";
export {
  type Client,
  type ClientOptions,
  createClient,
  type Operation,
  type Operations,
  type Scripts,
} from "./moonpath.js";
export type { CallEvent, Observer, ReloadEvent, RetryEvent } from "./observer.js";
export type { CallOptions } from "./options.js";
export type { RedisCluster, RedisLike, RedisNode, RedisSubscriber } from "./redis.js";
export { clientKeys } from "./reserved.js";
export { checkedScope } from "./scope.js";
export type { EncodedCall, Scope, Script, ScriptFacts } from "./script.js";
export {
  type Charset,
  choiceType,
  flagType,
  integerType,
  listType,
  newOperation,
  optional,
  type RecordFields,
  type RecordValue,
  readFields,
  recordType,
  textType,
  type ValueOf,
  type WireSequence,
  type WireType,
} from "./wire.js";
