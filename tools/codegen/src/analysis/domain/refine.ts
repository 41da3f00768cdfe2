import { ANY_NUMBER } from "./interval.js";
import {
  type AbstractText,
  type AbstractValue,
  BOOLEAN,
  BOTTOM,
  EMPTY_SET,
  isBottom,
  isOnly,
  isOnlyText,
  join,
  joinAll,
  NIL,
  number,
  text,
} from "./value.js";

/** What is left of it where it counts as true. */
export function refineTruthy(value: AbstractValue): AbstractValue {
  return { ...value, nil: false, boolFalse: false };
}

/** What is left of it where it counts as false. */
export function refineFalsy(value: AbstractValue): AbstractValue {
  return {
    ...BOTTOM,
    nil: value.nil || value.unknown,
    pastEnd: value.pastEnd && !value.unknown,
    boolFalse: value.boolFalse || value.unknown,
    origins: value.origins,
    callPcall: value.callPcall,
  };
}

/** What is left of `value` where it equals `other`. */
export function refineEqual(value: AbstractValue, other: AbstractValue): AbstractValue {
  if (other.unknown || value.unknown) return value.unknown ? other : value;
  const literals = other.keys.size > 0 ? value.text : meetLiterals(value.text, other.text);
  return {
    ...value,
    nil: value.nil && other.nil,
    boolTrue: value.boolTrue && other.boolTrue,
    boolFalse: value.boolFalse && other.boolFalse,
    number: other.number === undefined ? undefined : value.number,
    text: literals,
    keys: other.keys.size > 0 || other.text !== undefined ? value.keys : EMPTY_SET,
  };
}

function meetLiterals(
  one: AbstractText | undefined,
  other: AbstractText | undefined,
): AbstractText | undefined {
  if (one === undefined || other === undefined) return undefined;
  if (other.literals === undefined) return one;
  const kept = [...other.literals].filter((literal) => one.literals?.has(literal) ?? true);
  return kept.length === 0 ? undefined : { literals: new Set(kept), integer: one.integer || other.integer };
}

/** What is left of `value` where it differs from `other`. */
export function refineNotEqual(value: AbstractValue, other: AbstractValue): AbstractValue {
  if (isOnly(other, "nil")) return { ...value, nil: false };
  if (isOnly(other, "boolFalse")) return { ...value, boolFalse: false };
  if (isOnly(other, "boolTrue")) return { ...value, boolTrue: false };
  const single = other.text?.literals;
  if (single?.size !== 1 || value.text?.literals === undefined || !isOnlyText(other)) return value;
  const kept = [...value.text.literals].filter((literal) => !single.has(literal));
  return { ...value, text: kept.length === 0 ? undefined : { ...value.text, literals: new Set(kept) } };
}

const PARTS = {
  nil: (value: AbstractValue): AbstractValue => ({ ...BOTTOM, nil: value.nil, pastEnd: value.pastEnd }),
  boolean: (value: AbstractValue): AbstractValue => ({
    ...BOTTOM,
    boolTrue: value.boolTrue,
    boolFalse: value.boolFalse,
  }),
  number: (value: AbstractValue): AbstractValue => ({ ...BOTTOM, number: value.number }),
  string: (value: AbstractValue): AbstractValue => ({ ...BOTTOM, text: value.text, keys: value.keys }),
  table: (value: AbstractValue): AbstractValue => ({
    ...BOTTOM,
    tables: value.tables,
    libraries: value.libraries,
  }),
  function: (value: AbstractValue): AbstractValue => ({ ...BOTTOM, functions: value.functions }),
  userdata: (): AbstractValue => BOTTOM,
} as const;

function isType(name: string): name is keyof typeof PARTS {
  return Object.hasOwn(PARTS, name);
}

/** What `type` may say of it. */
export function typesOf(value: AbstractValue): readonly string[] {
  const names = Object.keys(PARTS).filter(isType);
  return names.filter((name) => value.unknown || !isBottom(PARTS[name](value)));
}

/**
 * What is left of it where `type` says this; of data that nobody knows, all that may be of that
 * type.
 */
export function refineType(value: AbstractValue, name: string): AbstractValue {
  if (!isType(name)) return BOTTOM;
  const { origins, callPcall: fromPcalls } = value;
  const known = PARTS[name](value);
  if (!value.unknown) return { ...known, origins, callPcall: fromPcalls };
  const data: Readonly<Record<string, AbstractValue>> = {
    nil: NIL,
    boolean: BOOLEAN,
    number: number(ANY_NUMBER),
    string: text(),
  };
  return { ...join(known, data[name] ?? { ...BOTTOM, unknown: true }), origins, callPcall: fromPcalls };
}

/** What is left of it where `type` says something else. */
export function refineNotType(value: AbstractValue, name: string): AbstractValue {
  const names = typesOf(value).filter((one) => one !== name);
  return value.unknown ? value : joinAll(names.map((one) => refineType(value, one)));
}
