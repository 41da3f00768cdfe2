import type { ArgParam, KeyModel, Model, ReplyField, ScriptModel, TypeModel, TypeRef } from "./model.js";

/** The key of that name. The model is checked before anything is emitted, so it is there. */
export function keyNamed(model: Pick<Model, "keys">, name: string): KeyModel {
  const key = model.keys.find((other) => other.name === name);
  if (key === undefined) throw new Error(`the model has no key ${name}`);
  return key;
}

/** The type of that name. */
export function typeNamed(model: Pick<Model, "types">, name: string): TypeModel {
  const type = model.types.find((other) => other.name === name);
  if (type === undefined) throw new Error(`the model has no type ${name}`);
  return type;
}

/** A field of a key pattern, as a caller gives it. */
export interface KeyField {
  readonly name: string;
  /** The type that carries its name, else `id`. */
  readonly type: string;
  readonly generated: boolean;
}

/**
 * The fields that the keys of a script need beside namespace and tenant, each once, in the order of
 * the keys.
 */
export function keyFieldsOf(
  model: Pick<Model, "keys" | "types">,
  script: Pick<ScriptModel, "keys">,
): KeyField[] {
  const names = script.keys.flatMap((param) => keyNamed(model, param.key).fields);
  const free = [...new Set(names)].filter((name) => name !== "namespace" && name !== "tenant");
  return free.map((name) => {
    const type = model.types.find((other) => other.name === name && other.kind === "text");
    return {
      name,
      type: type?.name ?? "id",
      generated: type !== undefined && "generated" in type && type.generated,
    };
  });
}

/** Whether a caller may leave an argument out because the client makes one. */
export function isGenerated(model: Pick<Model, "types">, type: TypeRef): boolean {
  if (type.kind !== "named") return false;
  const named = typeNamed(model, type.name);
  return "generated" in named && named.generated;
}

/** Whether a value has raw bytes instead of a text. */
export function hasBytes(model: Pick<Model, "types">, type: TypeRef): boolean {
  return type.kind === "named" && isBytesType(typeNamed(model, type.name));
}

/** Whether a declared type has raw bytes. */
export function isBytesType(type: TypeModel): boolean {
  return type.kind === "text" && type.charset === "bytes";
}

/** The outcomes of a script, if its first return value is one. */
export function outcomesOf(
  model: Pick<Model, "types">,
  replies: readonly ReplyField[],
): readonly string[] | undefined {
  const [first] = replies;
  if (first === undefined || first.name !== "outcome") return undefined;
  return choicesIn(model, first.type);
}

/** The values of a choice, written on the spot or named. */
export function choicesIn(model: Pick<Model, "types">, type: TypeRef): readonly string[] | undefined {
  if (type.kind === "choice") return type.values;
  if (type.kind === "list") return undefined;
  const named = typeNamed(model, type.name);
  return named.kind === "choice" ? named.values : undefined;
}

/** How a type is written in a contract: `id`, `id[]`, `flat<row>`, `"base"|"sale"`. */
export function typeText(type: TypeRef): string {
  if (type.kind === "choice") return type.values.map((value) => `"${value}"`).join("|");
  if (type.kind === "named") return type.name;
  return type.flat ? `flat<${type.element}>` : `${type.element}[]`;
}

/** How many elements a list may have, as an argument or in a reply, if its contract has no bound. */
export const MAX_ELEMENTS = 1000;

/** How many elements this list may have. */
export function maxElements({ max }: Extract<TypeRef, { kind: "list" }>): number {
  return max ?? MAX_ELEMENTS;
}

/** Whether an argument takes a varying number of elements of ARGV. */
export function isList(arg: Pick<ArgParam, "type">): boolean {
  return arg.type.kind === "list";
}

/** How long a key lives, in words: the keyspace writes `none` where nothing ends it. */
export function lifeOf(key: KeyModel): string {
  const life = key.ttl === "none" ? "until removed" : key.ttl;
  return key.evict === "never" ? `${life}; never evicted` : life;
}

/** The keys that a script writes and that Redis may not evict. */
export function noEvictionKeysOf(model: Pick<Model, "keys">, script: Pick<ScriptModel, "keys">): string[] {
  const keys = script.keys.filter(
    (param) => param.access === "write" && keyNamed(model, param.key).evict === "never",
  );
  return keys.map((param) => param.param);
}
