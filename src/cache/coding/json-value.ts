import type { Codec } from "./codec.js";

/** What comes back of a value after JSON; `never` in place of what would come back as something else. */
export type Json<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends NotJson
    ? never
    : Value extends object
      ? { readonly [Key in keyof Value]: Json<Value[Key]> }
      : never;

/** Objects that JSON turns into texts, or into objects without their content. */
type NotJson =
  | Date
  | RegExp
  | Error
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>
  | ArrayBufferLike
  | ArrayBufferView
  | Promise<unknown>
  | ((...args: never) => unknown)
  | { toJSON(...args: never): unknown };

/** Whether JSON keeps a value. Of an unknown type, nobody can tell, so you decide. */
type IsJson<Value> = unknown extends Value ? true : [Value] extends [Json<Value>] ? true : false;

/** A definition of values that JSON does not keep needs a codec that does. */
export type CodecFor<Value> = IsJson<Value> extends true ? unknown : { readonly codec: Codec<Value> };
