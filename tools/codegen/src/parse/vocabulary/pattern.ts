import { camel } from "../../naming.js";

/** The parts of a key pattern. */
export interface PatternParts {
  readonly fields: readonly string[];
  readonly hashTag: string;
  readonly slotOf?: string;
}

/** A tag that stands for the slot of another tag: `<slot of tenant, product>`. */
const SLOT = /<slot of ([^<>]*)>/;

const FIX = "write it as: <namespace>:{<tenant>:<product>}:stock";
const SLOT_FIX = "write it as: <namespace>:{<slot of tenant, product>}:slot-due";

/** Reads a key pattern, or returns what is wrong with it. */
export function readPattern(
  pattern: string,
): PatternParts | { readonly wrong: string; readonly fix: string } {
  const slotFields = SLOT.exec(pattern)?.[1]?.split(", ");
  const rest = slotFields === undefined ? pattern : pattern.replace(SLOT, "");
  const ownFields = [...rest.matchAll(/<([^>]*)>/g)].map((match) => match[1] ?? "");
  const fields = [...new Set([...ownFields.slice(0, 1), ...(slotFields ?? []), ...ownFields])];
  const hashTag = /^[^{}]*\{([^{}]+)\}[^{}]*$/.exec(pattern)?.[1];
  const wrong = ((): string | undefined => {
    if (fields.some((field) => !/^[a-z][a-z0-9_]*$/.test(field)))
      return "a field is a lowercase name between < and >";
    if (isRepeated(ownFields) || isRepeated(slotFields ?? [])) return "the pattern has the same field twice";
    if (isRepeated(fields.map(camel))) return "two fields of the pattern have the same name in TypeScript";
    if (ownFields[0] !== "namespace" || !pattern.startsWith("<namespace>:"))
      return "the pattern does not begin with <namespace>:";
    if (hashTag === undefined) return "the pattern does not have exactly one hash tag in braces";
    if (slotFields !== undefined) return wrongSlot(pattern, hashTag, slotFields);
    if (!hashTag.startsWith("<tenant>")) return "the hash tag does not begin with <tenant>";
    return undefined;
  })();
  const letters = /^[A-Za-z0-9:_.-]*$/.test(rest.replace(/<[^>]*>|[{}]/g, ""));
  if (wrong !== undefined) return { wrong, fix: slotFields === undefined ? FIX : SLOT_FIX };
  if (!letters || hashTag === undefined)
    return { wrong: "outside of its fields, a pattern contains only letters, digits and : _ . -", fix: FIX };
  if (slotFields === undefined) return { fields, hashTag };
  return { fields, hashTag, slotOf: slotFields.map((field) => `<${field}>`).join(":") };
}

function wrongSlot(pattern: string, hashTag: string, slotFields: readonly string[]): string | undefined {
  if (!/^<slot of [^<>]*>$/.test(hashTag)) return "the braces of a slot contain more than <slot of …>";
  if (slotFields[0] !== "tenant") return "the fields of a slot do not begin with tenant";
  if (!/\}:slot-[a-z0-9]/.test(pattern))
    return "a key of a slot does not have a suffix that begins with :slot-";
  return undefined;
}

function isRepeated(names: readonly string[]): boolean {
  return new Set(names).size !== names.length;
}

/** The hash tag in whose slot the keys of a pattern are: two equal ones are always one slot. */
export function slotSource(key: { readonly hashTag: string; readonly slotOf?: string }): string {
  return key.slotOf ?? key.hashTag;
}
