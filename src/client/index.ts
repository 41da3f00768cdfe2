export * from "./errors.js";
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
