/** Parts of a value that are stored beside its JSON. */
export type Parts = Uint8Array[];

/** A longer text is a part: JSON would escape each of its quotes. */
const LONG_TEXT = 256;

/** Names of fields with which a value stands for something that JSON does not have. */
const BYTES = "$bytes";
const TEXT = "$text";
const MAP = "$map";
const NUMBER = "$number";
const OBJECT = "$object";
const MARKS: ReadonlySet<string> = new Set([BYTES, TEXT, MAP, NUMBER, OBJECT]);

/** The value as JSON keeps it. Buffers and long texts become parts; maps, `Infinity` and `NaN` come back. */
export function partsOf(value: unknown, parts: Parts): unknown {
  if (typeof value === "string")
    return value.length > LONG_TEXT ? { [TEXT]: parts.push(Buffer.from(value)) - 1 } : value;
  if (typeof value === "number") return Number.isFinite(value) ? value : { [NUMBER]: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { [BYTES]: parts.push(value) - 1 };
  if (value instanceof Map) {
    return { [MAP]: [...value].map(([key, inner]) => [partsOf(key, parts), partsOf(inner, parts)]) };
  }
  if (Array.isArray(value)) return value.map((inner) => partsOf(inner, parts));
  const fields = Object.entries(value).map(([name, inner]) => [name, partsOf(inner, parts)] as const);
  const object = Object.fromEntries(fields);
  return fields.some(([name]) => MARKS.has(name)) ? { [OBJECT]: object } : object;
}

/** The value again. */
export function treeOf(json: unknown, parts: readonly Buffer[]): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((inner) => treeOf(inner, parts));
  const entries = Object.entries(json);
  const [[mark, inner] = ["", undefined]] = entries;
  if (entries.length !== 1 || !MARKS.has(mark)) return withTrees(entries, parts);
  switch (mark) {
    case BYTES:
      return parts[Number(inner)];
    case TEXT:
      return parts[Number(inner)]?.toString("utf8");
    case NUMBER:
      return Number(inner);
    case MAP:
      return new Map(pairsOf(inner).map(([key, value]) => [treeOf(key, parts), treeOf(value, parts)]));
    default:
      return withTrees(Object.entries(Object(inner)), parts);
  }
}

function withTrees(entries: readonly (readonly [string, unknown])[], parts: readonly Buffer[]): object {
  return Object.fromEntries(entries.map(([name, inner]) => [name, treeOf(inner, parts)]));
}

function pairsOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (!Array.isArray(value)) throw new Error("a stored map is no list");
  return value.map((pair: unknown) => (Array.isArray(pair) ? [pair[0], pair[1]] : [undefined, undefined]));
}
