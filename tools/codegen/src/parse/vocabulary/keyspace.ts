import type { Charset, KeyModel, TypeModel } from "../../model/model.js";
import { camel } from "../../naming.js";
import type { Problems } from "../problem.js";
import { type Doc, docsOf, purposeOf, type Tag } from "../source/doc.js";
import type { Source } from "../source/source.js";
import { checkStray, unknownTag } from "../source/tags.js";
import { readCorrupt, readForm } from "./corrupt.js";
import { readPattern } from "./pattern.js";

const TAGS = ["meta", "alias", "pattern", "holds", "ttl", "owner", "evict", "corrupt", "form"];
const HOLDS = ["string", "hash", "list", "set", "zset", "stream"] as const;

/** Reads `keyspace.lua`: one key pattern a documentation block. */
export function readKeyspace(source: Source, problems: Problems): KeyModel[] {
  const keys: KeyModel[] = [];
  for (const doc of docsOf(source)) {
    for (const tag of doc.tags) {
      if (!TAGS.includes(tag.name)) unknownTag(tag, TAGS, problems);
      else checkStray(tag, problems);
    }
    const alias = doc.tags.find((tag) => tag.name === "alias");
    if (alias === undefined) continue;
    const key = readKey(doc, alias, problems);
    if (key === undefined) continue;
    const name = keys.find((other) => camel(other.name) === camel(key.name));
    const pattern = keys.find((other) => shape(other.pattern) === shape(key.pattern));
    if (name !== undefined) {
      problems.atText(
        alias,
        `key.${key.name}`,
        "keyspace/twice",
        name.name === key.name
          ? `key.${key.name} is already declared on line ${name.position.line}`
          : `key.${key.name} and key.${name.name} are both ${camel(key.name)} in TypeScript`,
        name.name === key.name ? "remove one of the two" : "rename one of the two",
      );
    } else if (pattern !== undefined) {
      problems.atText(
        alias,
        `key.${key.name}`,
        "keyspace/twice",
        `the pattern of key.${key.name} is also the pattern of key.${pattern.name}`,
        "end the patterns in different words",
      );
    } else keys.push(key);
  }
  return keys;
}

/** A pattern with its fields made anonymous: two of the same shape can name the same key. */
function shape(pattern: string): string {
  return pattern.replace(/<[^>]*>/g, "<>");
}

function readKey(doc: Doc, alias: Tag, problems: Problems): KeyModel | undefined {
  const name = /^key\.([a-z][a-z0-9_]*)\s+string$/.exec(alias.text)?.[1];
  if (name === undefined) {
    problems.atText(
      alias,
      alias.text,
      "keyspace/name",
      "a key is declared as an alias key.<name> of string",
      "write it as: @alias key.stock string",
    );
    return undefined;
  }
  const { purpose } = purposeOf(doc);
  if (purpose === "")
    problems.atText(
      alias,
      `key.${name}`,
      "keyspace/purpose",
      `key.${name} has no description`,
      "write a sentence above it",
    );
  const need = (tag: "pattern" | "holds" | "ttl" | "owner", example: string): Tag | undefined => {
    const found = doc.tags.find((other) => other.name === tag && other.text !== "");
    if (found === undefined)
      problems.atText(
        alias,
        `key.${name}`,
        `keyspace/${tag}`,
        `key.${name} has no @${tag}`,
        `add: @${tag} ${example}`,
      );
    return found;
  };
  const pattern = need("pattern", "<namespace>:{<tenant>:<product>}:stock");
  const holds = need("holds", "hash");
  const ttl = need("ttl", "none");
  const owner = need("owner", "stock");
  const type = HOLDS.find((known) => known === holds?.text);
  if (holds !== undefined && type === undefined)
    problems.atText(
      holds,
      holds.text,
      "keyspace/holds",
      `Redis has no type ${holds.text}`,
      `use one of ${HOLDS.join(", ")}`,
    );
  const evict = doc.tags.find((tag) => tag.name === "evict");
  if (evict !== undefined && evict.text !== "never")
    problems.atText(
      evict,
      evict.text,
      "keyspace/evict",
      evict.text === "" ? "@evict has no value" : `${evict.text} is not a value of @evict`,
      "write: @evict never; or remove it if Redis may evict the key",
    );
  const corrupt = readCorrupt(doc.tags, problems);
  const form = readForm(doc.tags, problems);
  if (pattern === undefined || type === undefined || ttl === undefined || owner === undefined)
    return undefined;
  const parts = readPattern(pattern.text);
  if ("wrong" in parts) {
    problems.atText(pattern, pattern.text, "keyspace/pattern", parts.wrong, parts.fix);
    return undefined;
  }
  return {
    name,
    purpose,
    pattern: pattern.text,
    ...parts,
    holds: type,
    ttl: ttl.text,
    owner: owner.text,
    ...(evict === undefined ? {} : { evict: "never" }),
    ...(corrupt.length === 0 ? {} : { corrupt }),
    ...(form === undefined ? {} : { form }),
    position: alias.textPosition,
  };
}

/** The charsets that allow braces, which would change the hash tag. */
const ANYTHING: ReadonlySet<Charset> = new Set(["any", "bytes"]);

/** Each field of a pattern is a text fit for a key: of the type of its own name, else of `id`. */
export function checkFields(
  keys: readonly KeyModel[],
  types: readonly TypeModel[],
  problems: Problems,
): void {
  for (const key of keys) {
    for (const field of key.fields.filter((name) => name !== "namespace" && name !== "tenant")) {
      const own = types.find((type) => type.name === field && type.kind === "text");
      const type = own ?? types.find((other) => other.name === "id");
      const fit = type?.kind === "text" && !ANYTHING.has(type.charset) && type.minBytes > 0;
      if (fit) continue;
      const why =
        type === undefined
          ? `types.lua declares neither a text type ${field} nor the type id`
          : `the type ${type.name} is not a text of at least one byte without braces`;
      problems.at(
        key.position,
        "key.".length + key.name.length,
        "keyspace/field",
        `the field <${field}> of key.${key.name} has no usable type: ${why}`,
        "declare a type for it in types.lua, with @charset key or upper and at least one byte",
      );
    }
  }
}
