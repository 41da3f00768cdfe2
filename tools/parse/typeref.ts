import type { KeyModel, TypeModel, TypeRef } from "../model/model.js";
import type { Tag } from "./doc.js";
import type { Problems } from "./problem.js";
import { readChoices } from "./tags.js";

/** What the names in a contract may refer to. */
export interface Vocabulary {
  readonly types: readonly TypeModel[];
  readonly keys: readonly KeyModel[];
}

/** Reads a type as a contract writes it: `id`, `id?`, `id[]`, `"base"|"sale"`. */
export function readTypeRef(
  tag: Tag,
  text: string,
  vocabulary: Vocabulary,
  problems: Problems,
): { type: TypeRef; optional: boolean } | undefined {
  const optional = text.endsWith("?");
  const bare = optional ? text.slice(0, -1) : text;
  const values = readChoices(bare);
  if (values !== undefined) return { type: { kind: "choice", values }, optional };
  const element = bare.endsWith("[]") ? bare.slice(0, -2) : undefined;
  const name = element ?? bare;
  const known = vocabulary.types.find((other) => other.name === name);
  if (known === undefined) {
    problems.atText(
      tag,
      text,
      "contract/unknown-type",
      `types.lua has no type ${name}`,
      "declare it there, or use one that stands there",
    );
    return undefined;
  }
  if (known.kind === "record" && element === undefined) {
    problems.atText(
      tag,
      text,
      "contract/record",
      `the record ${name} stands alone`,
      `use a list of them: ${name}[]`,
    );
    return undefined;
  }
  if (known.kind === "text" && known.leastBytes === 0 && optional && tag.name === "param") {
    problems.atText(
      tag,
      text,
      "contract/optional",
      `an absent ${name} and an empty one look the same`,
      "use a type of at least one byte, or no ?",
    );
  }
  return {
    type: element === undefined ? { kind: "named", name } : { kind: "list", element: name },
    optional,
  };
}
