/** Fields of a key that `moonpath key` reads. */
const KEY_FIELDS = ["name", "pattern", "fields", "hashTag", "slotOf", "holds"];

/** Fields of a type of text that `moonpath key` reads. */
const TEXT_FIELDS = ["kind", "name", "minBytes", "maxBytes", "charset"];

/** The part of `generated/model.json` that `moonpath key` reads, in the same form. */
export function keyspaceOf(model: unknown): { readonly keys: unknown; readonly types: unknown } {
  return {
    keys: listOf(model, "keys").map((key) => picked(key, KEY_FIELDS)),
    types: listOf(model, "types")
      .filter((type) => fieldOf(type, "kind") === "text")
      .map((type) => picked(type, TEXT_FIELDS)),
  };
}

function listOf(model: unknown, field: string): readonly unknown[] {
  const list = fieldOf(model, field);
  if (!Array.isArray(list)) throw new Error(`model.json has no list ${field}; run npm run generate`);
  return list;
}

function picked(value: unknown, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, fieldOf(value, field)]));
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
}
