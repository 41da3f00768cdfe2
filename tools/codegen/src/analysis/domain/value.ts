import type { luaparse, Source } from "../syntax/syntax.js";
import {
  ANY_INTEGER,
  ANY_NUMBER,
  constant,
  equalIntervals,
  type Interval,
  joinIntervals,
  widenInterval,
} from "./interval.js";

/**
 * An abstract text: its possible literals if they are few, and whether it is an integer's digits.
 */
export interface AbstractText {
  readonly literals: ReadonlySet<string> | undefined;
  readonly integer: boolean;
}

/** The innermost name in scope and its variable, linked to the names before it. Immutable. */
export interface Scope {
  readonly id: number;
  readonly parent: Scope | undefined;
  readonly name: string;
  /** The variable's name in the state. */
  readonly variable: string;
}

/** A function of the sources, or a builtin of Redis. */
export type Callable =
  | {
      readonly kind: "closure";
      readonly node: luaparse.FunctionDeclaration;
      readonly scope: Scope | undefined;
      readonly source: Source;
      readonly name: string;
    }
  | { readonly kind: "builtin"; readonly name: string };

/**
 * What a value may be. Each part is one possibility; a value without any part is impossible
 * (bottom). Immutable.
 */
export interface AbstractValue {
  readonly nil: boolean;
  /** It is nil only because the position is past the end of a list. */
  readonly pastEnd: boolean;
  readonly boolTrue: boolean;
  readonly boolFalse: boolean;
  readonly number: Interval | undefined;
  readonly text: AbstractText | undefined;
  /** Key parameters that it may be, exactly as they came. */
  readonly keys: ReadonlySet<string>;
  /** Tables of the state that it may be. */
  readonly tables: ReadonlySet<string>;
  readonly functions: ReadonlySet<Callable>;
  /** The tables of libraries, such as `string` and `redis`. */
  readonly libraries: ReadonlySet<string>;
  /** It may be any data, but none of the state's tables and functions. */
  readonly unknown: boolean;
  /** The calls of pcall that may have returned it. */
  readonly callPcall: ReadonlySet<string>;
  /** Its origins for messages: "the literal `x`", "a reply of `HGET`". */
  readonly origins: ReadonlySet<string>;
}

export const EMPTY_SET: ReadonlySet<never> = new Set<never>();
/** A text with more literals may be any text. */
const MAX_LITERALS = 32;
const MAX_ORIGINS = 4;

export const BOTTOM: AbstractValue = {
  nil: false,
  pastEnd: false,
  boolTrue: false,
  boolFalse: false,
  number: undefined,
  text: undefined,
  keys: EMPTY_SET,
  tables: EMPTY_SET,
  functions: EMPTY_SET,
  libraries: EMPTY_SET,
  unknown: false,
  callPcall: EMPTY_SET,
  origins: EMPTY_SET,
};

export const NIL: AbstractValue = { ...BOTTOM, nil: true };
export const BOOLEAN: AbstractValue = { ...BOTTOM, boolTrue: true, boolFalse: true };
export const TRUE: AbstractValue = { ...BOTTOM, boolTrue: true };
export const FALSE: AbstractValue = { ...BOTTOM, boolFalse: true };

export function withOrigin(value: AbstractValue, origin: string): AbstractValue {
  return { ...value, origins: new Set([origin]) };
}

export function unknown(origin: string): AbstractValue {
  return withOrigin({ ...BOTTOM, unknown: true }, origin);
}

export function number(interval: Interval): AbstractValue {
  return { ...BOTTOM, number: interval };
}

export function literalNumber(value: number): AbstractValue {
  return withOrigin(number(constant(value)), `the number ${value}`);
}

export function texts(literals: Iterable<string>): AbstractValue {
  const set = new Set(literals);
  const integer = [...set].every((one) => /^-?\d+$/.test(one));
  if (set.size > MAX_LITERALS) return text(integer);
  return { ...BOTTOM, text: { literals: set, integer } };
}

export function text(integer = false): AbstractValue {
  return { ...BOTTOM, text: { literals: undefined, integer } };
}

export function table(id: string): AbstractValue {
  return { ...BOTTOM, tables: new Set([id]) };
}

export function callable(one: Callable): AbstractValue {
  return { ...BOTTOM, functions: new Set([one]) };
}

const BUILTINS = new Map<string, AbstractValue>();

/** A builtin of Redis; the same object each time. */
export function builtin(name: string): AbstractValue {
  const known = BUILTINS.get(name) ?? callable({ kind: "builtin", name });
  BUILTINS.set(name, known);
  return known;
}

function union<T>(
  one: ReadonlySet<T>,
  other: ReadonlySet<T>,
  most = Number.POSITIVE_INFINITY,
): ReadonlySet<T> {
  if (one === other || other.size === 0) return one;
  if (one.size === 0) return other;
  return new Set([...one, ...other].slice(0, most));
}

function joinTexts(one: AbstractText | undefined, other: AbstractText | undefined): AbstractText | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const integer = one.integer && other.integer;
  if (one.literals === undefined || other.literals === undefined) return { literals: undefined, integer };
  const literals = union(one.literals, other.literals);
  return { literals: literals.size > MAX_LITERALS ? undefined : literals, integer };
}

/** The join of two values. */
export function join(one: AbstractValue, other: AbstractValue): AbstractValue {
  if (one === other) return one;
  const both = one.number !== undefined && other.number !== undefined;
  return {
    nil: one.nil || other.nil,
    pastEnd: (one.nil || other.nil) && (!one.nil || one.pastEnd) && (!other.nil || other.pastEnd),
    boolTrue: one.boolTrue || other.boolTrue,
    boolFalse: one.boolFalse || other.boolFalse,
    number: both ? joinIntervals(one.number, other.number) : (one.number ?? other.number),
    text: joinTexts(one.text, other.text),
    keys: union(one.keys, other.keys),
    tables: union(one.tables, other.tables),
    functions: union(one.functions, other.functions),
    libraries: union(one.libraries, other.libraries),
    unknown: one.unknown || other.unknown,
    callPcall: union(one.callPcall, other.callPcall),
    origins: union(one.origins, other.origins, MAX_ORIGINS),
  };
}

export function joinAll(values: readonly AbstractValue[]): AbstractValue {
  return values.reduce(join, BOTTOM);
}

/** The join of two values, with widened intervals. */
export function widen(before: AbstractValue, next: AbstractValue): AbstractValue {
  const joined = join(before, next);
  if (before.number === undefined || joined.number === undefined) return joined;
  return { ...joined, number: widenInterval(before.number, joined.number) };
}

function equalSets<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
  return one === other || (one.size === other.size && [...one].every((item) => other.has(item)));
}

function equalTexts(one: AbstractText | undefined, other: AbstractText | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one.integer !== other.integer) return false;
  if (one.literals === undefined || other.literals === undefined) return one.literals === other.literals;
  return equalSets(one.literals, other.literals);
}

/** Whether two values are equal. Origins do not count. */
export function equalValues(one: AbstractValue, other: AbstractValue): boolean {
  if (one === other) return true;
  if (one.nil !== other.nil || one.boolTrue !== other.boolTrue || one.boolFalse !== other.boolFalse)
    return false;
  if (one.unknown !== other.unknown || (one.nil && one.pastEnd !== other.pastEnd)) return false;
  if (one.number === undefined || other.number === undefined) {
    if (one.number !== other.number) return false;
  } else if (!equalIntervals(one.number, other.number)) return false;
  return (
    equalTexts(one.text, other.text) &&
    equalSets(one.keys, other.keys) &&
    equalSets(one.tables, other.tables) &&
    equalSets(one.functions, other.functions) &&
    equalSets(one.libraries, other.libraries)
  );
}

/** Whether a condition may be true with it. */
export function mayBeTruthy(value: AbstractValue): boolean {
  return (
    value.unknown ||
    value.boolTrue ||
    value.number !== undefined ||
    value.text !== undefined ||
    value.keys.size + value.tables.size + value.functions.size + value.libraries.size > 0
  );
}

export function mayBeFalsy(value: AbstractValue): boolean {
  return value.unknown || value.nil || value.boolFalse;
}

/** Whether it can be nothing else than nil, true or false. */
export function isOnly(value: AbstractValue, what: "nil" | "boolTrue" | "boolFalse"): boolean {
  const others = (["nil", "boolTrue", "boolFalse"] as const).filter((one) => one !== what);
  return value[what] && !others.some((one) => value[one]) && !mayBeTruthy({ ...value, boolTrue: false });
}

/** Whether it can be nothing else than a text; a key's name is none here. */
export function isOnlyText(value: AbstractValue): boolean {
  return value.text !== undefined && isBottom({ ...value, text: undefined });
}

/** Whether it can be nothing else than a number. */
export function isOnlyNumber(value: AbstractValue): boolean {
  return value.number !== undefined && isBottom({ ...value, number: undefined });
}

/** Whether it is impossible, so that this point of the run cannot be reached. */
export function isBottom(value: AbstractValue): boolean {
  return !mayBeTruthy(value) && !mayBeFalsy(value);
}

/** What arithmetic makes of it: texts count as the numbers that they spell. */
export function asNumber(value: AbstractValue): Interval {
  if (value.unknown || (value.text !== undefined && !value.text.integer)) return ANY_NUMBER;
  if (value.text === undefined) return value.number ?? ANY_NUMBER;
  return value.number === undefined ? ANY_INTEGER : joinIntervals(value.number, ANY_INTEGER);
}
