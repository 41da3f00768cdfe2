export * from "../core/errors.js";
export {
  CircuitOpenError,
  type SyncFacts,
  SyncRefusedError,
  SyncReplyError,
  type SyncReplyFacts,
  SyncTimeoutError,
  SyncUnavailableError,
} from "../core/http/sync-errors.js";
export type { NodeRedisClient, NodeRedisCluster } from "./adapters/node-redis.js";
export { readServerInfo } from "./adapters/server-info.js";
export { CallTime } from "./call/call-time.js";
export { checkedCalls, type ManyResult } from "./call/many.js";
export type {
  CacheEvent,
  CacheStatus,
  CallEvent,
  CredentialsEvent,
  Observer,
  ReloadEvent,
  RetryEvent,
  SyncEvent,
  SyncOutcome,
  TakeEvent,
} from "./call/observer.js";
export { type CallOptions, checkedOptions, checkOptionNames } from "./call/options.js";
export type {
  CacheCallEvent,
  CacheOperation,
  CacheStrategy,
  TracedOperation,
} from "./call/traced-operation.js";
export { Tracing } from "./call/tracing.js";
export type { ByteReads } from "./connection/byte-reads.js";
export { checkConnection } from "./connection/check-connection.js";
export { duplicateOf } from "./connection/duplicate.js";
export type { KeyRead } from "./connection/key-reads.js";
export type { ChannelMessage, Listening } from "./connection/listener.js";
export type { ServerMemory } from "./connection/memory.js";
export { isConnected, isOneServer, nodeOf } from "./connection/node-of.js";
export {
  type ConnectionOfIoredis,
  isCluster as isClusterConnection,
  type RedisCluster,
  type RedisLike,
  type RedisNode,
  type RedisSubscriber,
} from "./connection/redis.js";
export { scanKeys, scannedKeys } from "./connection/scan.js";
export { SLOTS, slotOf, slotTag, tagOfSlot } from "./connection/slot.js";
export type { HashReads, SortedSetMember, SortedSetReads } from "./connection/sorted-sets.js";
export type { Credentials, CredentialsProvider } from "./credentials/credentials.js";
export { defaults } from "./defaults.js";
export type { ManyOperation, Operation, Operations, Scripts, SingleCalls } from "./operations.js";
export type { CallBytes } from "./script/call-bytes.js";
export { packedTexts } from "./script/packed-texts.js";
export { clientKeys } from "./script/reserved.js";
export { checkedName, checkedScope } from "./script/scope.js";
export type {
  EncodedArgument,
  EncodedCall,
  ManyForm,
  ManyScript,
  Scope,
  Script,
  ScriptFacts,
} from "./script/script.js";
export { textsOf } from "./script/texts.js";
export {
  type Charset,
  choiceType,
  flagType,
  type IntegerWireType,
  integerType,
  listType,
  newOperation,
  optional,
  type RecordFields,
  type RecordValue,
  readFields,
  recordType,
  type TextWireType,
  textType,
  type ValueOf,
  type WireSequence,
  type WireType,
} from "./script/wire.js";
export { type BytesWireType, bytesType } from "./script/wire-bytes.js";
export { type ClientOptions, createScriptClient, type ScriptClient } from "./script-client.js";
