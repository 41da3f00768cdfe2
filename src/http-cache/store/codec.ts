import type { Codec } from "../../cache/index.js";
import type { CacheRules } from "../rules/rules.js";
import {
  type HeadParts,
  headOf,
  partsOf,
  type Stored,
  StoredResponse,
  type Variant,
  VariantList,
} from "./stored-response.js";

const LENGTH_BYTES = 4;

/**
 * Codes responses: the length of the head as 4 bytes, the head as JSON, the body. A list of variants has no
 * body, and its head is an object.
 */
export function storedCodec(rules: Pick<CacheRules, "targetedFields">): Codec<Stored> {
  const heads = new Map<string, StoredResponse>();
  return {
    id: "h",
    encode(stored) {
      const head = stored.kind === "response" ? partsOf(stored) : { variants: stored.variants };
      const text = Buffer.from(JSON.stringify(head));
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(text.length);
      return Buffer.concat([length, text, stored.kind === "response" ? stored.body : NO_BYTES]);
    },
    decode(bytes) {
      const end = LENGTH_BYTES + bytes.readUInt32BE(0);
      const text = bytes.toString("utf8", LENGTH_BYTES, end);
      const known = heads.get(text);
      // The bytes belong to the connection, so they are copied.
      if (known) return known.with(Buffer.from(bytes.subarray(end)));
      const head: HeadParts | { readonly variants: readonly Variant[] } = JSON.parse(text);
      if ("variants" in head) return new VariantList(head.variants.map(withAbsent));
      if (heads.size >= MAX_HEADS) heads.clear();
      const parsed = new StoredResponse(headOf(head), NO_BYTES, rules);
      heads.set(text, parsed);
      return parsed.with(Buffer.from(bytes.subarray(end)));
    },
  };
}

/** The process remembers so many heads, because reading one costs more than the rest of a hit. */
const MAX_HEADS = 1_000;

const NO_BYTES = new Uint8Array(0);

/** JSON has null for a field that the request did not have. */
function withAbsent(variant: Variant): Variant {
  return { ...variant, vary: variant.vary.map(([name, value]) => [name, value ?? undefined]) };
}
