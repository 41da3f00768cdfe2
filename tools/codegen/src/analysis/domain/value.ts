import type { luaparse, Source } from "../syntax/syntax.js";
import {
  ANY_INTEGER,
  ANY_NUMBER,
  constant,
  eitherNumber,
  type Numeric,
  sameNumber,
  widened,
} from "./interval.js";

/** What is known of a text: all that it can be, if that is few, and whether it is an integer's digits. */
export interface Text {
  readonly literals: ReadonlySet<string> | undefined;
  readonly integer: boolean;
}

/** A name and its variable, and those declared before it: what is seen from one place of a source. Never changed. */
export interface Scope {
  readonly id: number;
  readonly parent: Scope | undefined;
  readonly name: string;
  /** The variable's name in the state. */
  readonly variable: string;
}

/** A function: one written in the sources, or one that Redis brings along. */
export type Callable =
  | {
      readonly kind: "written";
      readonly node: luaparse.FunctionDeclaration;
      readonly scope: Scope | undefined;
      readonly source: Source;
      readonly name: string;
    }
  | { readonly kind: "builtin"; readonly name: string };

/**
 * What a value may be, all at once: each part says one thing that it may be. A value with no part at all cannot be.
 * Values are never changed.
 */
export interface Value {
  readonly nil: boolean;
  /** It is nil only where a list has no such position, as `list[position]` past its end. */
  readonly gap: boolean;
  readonly yes: boolean;
  readonly no: boolean;
  readonly number: Numeric | undefined;
  readonly text: Text | undefined;
  /** Key parameters that it may be, exactly as they came. */
  readonly keys: ReadonlySet<string>;
  /** Tables of the state that it may be. */
  readonly tables: ReadonlySet<string>;
  readonly functions: ReadonlySet<Callable>;
  /** `string`, `redis`: libraries' own tables. */
  readonly libraries: ReadonlySet<string>;
  /** It may be any data: nothing of the state's tables and functions, which stand above. */
  readonly unknown: boolean;
  /** Calls of pcall whose answer it is. */
  readonly caught: ReadonlySet<string>;
  /** Where it comes from, in words: "the literal `x`", "a reply of `HGET`". */
  readonly origins: ReadonlySet<string>;
}

export const NONE: ReadonlySet<never> = new Set<never>();
/** More literals than these are just text. */
const MOST_LITERALS = 32;
const MOST_ORIGINS = 4;

export const NOTHING: Value = {
  nil: false,
  gap: false,
  yes: false,
  no: false,
  number: undefined,
  text: undefined,
  keys: NONE,
  tables: NONE,
  functions: NONE,
  libraries: NONE,
  unknown: false,
  caught: NONE,
  origins: NONE,
};

export const NIL: Value = { ...NOTHING, nil: true };
export const FLAG: Value = { ...NOTHING, yes: true, no: true };
export const YES: Value = { ...NOTHING, yes: true };
export const NO: Value = { ...NOTHING, no: true };

export function from(value: Value, origin: string): Value {
  return { ...value, origins: new Set([origin]) };
}

export function unknown(origin: string): Value {
  return from({ ...NOTHING, unknown: true }, origin);
}

export function number(numeric: Numeric): Value {
  return { ...NOTHING, number: numeric };
}

export function literalNumber(value: number): Value {
  return from(number(constant(value)), `the number ${value}`);
}

export function texts(literals: Iterable<string>): Value {
  const set = new Set(literals);
  const integer = [...set].every((one) => /^-?\d+$/.test(one));
  if (set.size > MOST_LITERALS) return text(integer);
  return { ...NOTHING, text: { literals: set, integer } };
}

export function text(integer = false): Value {
  return { ...NOTHING, text: { literals: undefined, integer } };
}

export function table(id: string): Value {
  return { ...NOTHING, tables: new Set([id]) };
}

export function callable(one: Callable): Value {
  return { ...NOTHING, functions: new Set([one]) };
}

const BUILTINS = new Map<string, Value>();

/** A function that Redis brings along; the same one each time. */
export function builtin(name: string): Value {
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

function eitherText(one: Text | undefined, other: Text | undefined): Text | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const integer = one.integer && other.integer;
  if (one.literals === undefined || other.literals === undefined) return { literals: undefined, integer };
  const literals = union(one.literals, other.literals);
  return { literals: literals.size > MOST_LITERALS ? undefined : literals, integer };
}

/** Either of two values. */
export function either(one: Value, other: Value): Value {
  if (one === other) return one;
  const both = one.number !== undefined && other.number !== undefined;
  return {
    nil: one.nil || other.nil,
    gap: (one.nil || other.nil) && (!one.nil || one.gap) && (!other.nil || other.gap),
    yes: one.yes || other.yes,
    no: one.no || other.no,
    number: both ? eitherNumber(one.number, other.number) : (one.number ?? other.number),
    text: eitherText(one.text, other.text),
    keys: union(one.keys, other.keys),
    tables: union(one.tables, other.tables),
    functions: union(one.functions, other.functions),
    libraries: union(one.libraries, other.libraries),
    unknown: one.unknown || other.unknown,
    caught: union(one.caught, other.caught),
    origins: union(one.origins, other.origins, MOST_ORIGINS),
  };
}

export function eitherOf(values: readonly Value[]): Value {
  return values.reduce(either, NOTHING);
}

/** As `either`, giving up numbers that keep growing. */
export function widen(before: Value, next: Value): Value {
  const joined = either(before, next);
  if (before.number === undefined || joined.number === undefined) return joined;
  return { ...joined, number: widened(before.number, joined.number) };
}

function sameSet<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
  return one === other || (one.size === other.size && [...one].every((item) => other.has(item)));
}

function sameText(one: Text | undefined, other: Text | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one.integer !== other.integer) return false;
  if (one.literals === undefined || other.literals === undefined) return one.literals === other.literals;
  return sameSet(one.literals, other.literals);
}

/** Whether two values say the same; where they come from does not count. */
export function sameValue(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (one.nil !== other.nil || one.yes !== other.yes || one.no !== other.no) return false;
  if (one.unknown !== other.unknown || (one.nil && one.gap !== other.gap)) return false;
  if (one.number === undefined || other.number === undefined) {
    if (one.number !== other.number) return false;
  } else if (!sameNumber(one.number, other.number)) return false;
  return (
    sameText(one.text, other.text) &&
    sameSet(one.keys, other.keys) &&
    sameSet(one.tables, other.tables) &&
    sameSet(one.functions, other.functions) &&
    sameSet(one.libraries, other.libraries)
  );
}

/** Whether it may be anything but nil and false. */
export function mayBeTrue(value: Value): boolean {
  return (
    value.unknown ||
    value.yes ||
    value.number !== undefined ||
    value.text !== undefined ||
    value.keys.size + value.tables.size + value.functions.size + value.libraries.size > 0
  );
}

export function mayBeFalse(value: Value): boolean {
  return value.unknown || value.nil || value.no;
}

/** Whether it can be nothing else than nil, true or false. */
export function isOnly(value: Value, what: "nil" | "yes" | "no"): boolean {
  const others = (["nil", "yes", "no"] as const).filter((one) => one !== what);
  return value[what] && !others.some((one) => value[one]) && !mayBeTrue({ ...value, yes: false });
}

/** Whether it can be nothing else than a text; a key's name is none here. */
export function isOnlyText(value: Value): boolean {
  return value.text !== undefined && isNothing({ ...value, text: undefined });
}

/** Whether it can be nothing else than a number. */
export function isOnlyNumber(value: Value): boolean {
  return value.number !== undefined && isNothing({ ...value, number: undefined });
}

/** Whether nothing at all is left of it: the place cannot be reached with it. */
export function isNothing(value: Value): boolean {
  return !mayBeTrue(value) && !mayBeFalse(value);
}

/** What arithmetic makes of it: texts count as the numbers that they spell. */
export function asNumber(value: Value): Numeric {
  if (value.unknown || (value.text !== undefined && !value.text.integer)) return ANY_NUMBER;
  if (value.text === undefined) return value.number ?? ANY_NUMBER;
  return value.number === undefined ? ANY_INTEGER : eitherNumber(value.number, ANY_INTEGER);
}
