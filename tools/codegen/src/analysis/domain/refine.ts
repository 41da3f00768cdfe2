import { ANY_NUMBER } from "./interval.js";
import {
  either,
  eitherOf,
  FLAG,
  isNothing,
  isOnly,
  isOnlyText,
  NIL,
  NONE,
  NOTHING,
  number,
  type Text,
  text,
  type Value,
} from "./value.js";

/** What is left of it where it counts as true. */
export function whenTrue(value: Value): Value {
  return { ...value, nil: false, no: false };
}

/** What is left of it where it counts as false. */
export function whenFalse(value: Value): Value {
  return {
    ...NOTHING,
    nil: value.nil || value.unknown,
    gap: value.gap && !value.unknown,
    no: value.no || value.unknown,
    origins: value.origins,
    caught: value.caught,
  };
}

/** What is left of `value` where it equals `other`. */
export function whenEqual(value: Value, other: Value): Value {
  if (other.unknown || value.unknown) return value.unknown ? other : value;
  const literals = other.keys.size > 0 ? value.text : meetLiterals(value.text, other.text);
  return {
    ...value,
    nil: value.nil && other.nil,
    yes: value.yes && other.yes,
    no: value.no && other.no,
    number: other.number === undefined ? undefined : value.number,
    text: literals,
    keys: other.keys.size > 0 || other.text !== undefined ? value.keys : NONE,
  };
}

function meetLiterals(one: Text | undefined, other: Text | undefined): Text | undefined {
  if (one === undefined || other === undefined) return undefined;
  if (other.literals === undefined) return one;
  const kept = [...other.literals].filter((literal) => one.literals?.has(literal) ?? true);
  return kept.length === 0 ? undefined : { literals: new Set(kept), integer: one.integer || other.integer };
}

/** What is left of `value` where it differs from `other`. */
export function whenDifferent(value: Value, other: Value): Value {
  if (isOnly(other, "nil")) return { ...value, nil: false };
  if (isOnly(other, "no")) return { ...value, no: false };
  if (isOnly(other, "yes")) return { ...value, yes: false };
  const single = other.text?.literals;
  if (single?.size !== 1 || value.text?.literals === undefined || !isOnlyText(other)) return value;
  const kept = [...value.text.literals].filter((literal) => !single.has(literal));
  return { ...value, text: kept.length === 0 ? undefined : { ...value.text, literals: new Set(kept) } };
}

const PARTS = {
  nil: (value: Value): Value => ({ ...NOTHING, nil: value.nil, gap: value.gap }),
  boolean: (value: Value): Value => ({ ...NOTHING, yes: value.yes, no: value.no }),
  number: (value: Value): Value => ({ ...NOTHING, number: value.number }),
  string: (value: Value): Value => ({ ...NOTHING, text: value.text, keys: value.keys }),
  table: (value: Value): Value => ({ ...NOTHING, tables: value.tables, libraries: value.libraries }),
  function: (value: Value): Value => ({ ...NOTHING, functions: value.functions }),
  userdata: (): Value => NOTHING,
} as const;

function isType(name: string): name is keyof typeof PARTS {
  return Object.hasOwn(PARTS, name);
}

/** What `type` may say of it. */
export function typesOf(value: Value): readonly string[] {
  const names = Object.keys(PARTS).filter(isType);
  return names.filter((name) => value.unknown || !isNothing(PARTS[name](value)));
}

/** What is left of it where `type` says this; of data that nobody knows, all that may be of that type. */
export function whenType(value: Value, name: string): Value {
  if (!isType(name)) return NOTHING;
  const { origins, caught } = value;
  const known = PARTS[name](value);
  if (!value.unknown) return { ...known, origins, caught };
  const data: Readonly<Record<string, Value>> = {
    nil: NIL,
    boolean: FLAG,
    number: number(ANY_NUMBER),
    string: text(),
  };
  return { ...either(known, data[name] ?? { ...NOTHING, unknown: true }), origins, caught };
}

/** What is left of it where `type` says something else. */
export function whenNotType(value: Value, name: string): Value {
  const names = typesOf(value).filter((one) => one !== name);
  return value.unknown ? value : eitherOf(names.map((one) => whenType(value, one)));
}
