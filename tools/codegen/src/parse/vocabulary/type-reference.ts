import type { KeyModel, TypeModel, TypeRef } from "../../model/model.js";
import { isBytesType } from "../../model/resolve.js";
import type { Problems } from "../problem.js";
import type { FolderRule } from "../rules.js";
import type { Tag } from "../source/doc.js";
import { CHOICES, readChoices } from "../source/tags.js";

/** What the names in a contract may refer to. */
export interface Vocabulary {
  readonly types: readonly TypeModel[];
  readonly keys: readonly KeyModel[];
}

/**
 * Reads a type as a contract writes it: `id`, `id?`, `id[]`, `flat<row>`, `"base"|"sale"`; it stands
 * in the tag from `from` on.
 */
export function readTypeRef(
  tag: Tag,
  text: string,
  vocabulary: Vocabulary,
  problems: Problems,
  from = 0,
): { type: TypeRef; optional: boolean } | undefined {
  const complain = (rule: FolderRule, message: string, fix: string) =>
    problems.atText(tag, text, rule, message, fix, from);
  const optional = text.endsWith("?");
  const bare = optional ? text.slice(0, -1) : text;
  const values = readChoices(bare);
  if (values !== undefined) return { type: { kind: "choice", values }, optional };
  if (bare.startsWith('"')) {
    complain("contract/unknown-type", CHOICES, 'write them without spaces: "yes"|"no"');
    return undefined;
  }
  const flat = /^flat<(.*)>$/.exec(bare)?.[1];
  const element = flat ?? (bare.endsWith("[]") ? bare.slice(0, -2) : undefined);
  const name = element ?? bare;
  const known = vocabulary.types.find((other) => other.name === name);
  if (known === undefined) {
    complain(
      "contract/unknown-type",
      `types.lua has no type ${name}`,
      "declare it there, or use a type that is declared there",
    );
    return undefined;
  }
  if (known.kind === "record" && element === undefined) {
    complain(
      "contract/record",
      `the record ${name} is used outside of a list`,
      `use a list of them: ${name}[]`,
    );
    return undefined;
  }
  if (flat !== undefined && (known.kind !== "record" || tag.name === "param")) {
    complain(
      "contract/record",
      known.kind === "record" ? "an argument cannot be flat" : `${name} is no record, so it has no fields`,
      `use ${name}[]`,
    );
    return undefined;
  }
  if (isBytesType(known) && element !== undefined) {
    complain(
      "contract/bytes",
      `the type ${name} has raw bytes, which cannot be in a list`,
      "pass or return the value by itself, or use a type with another @charset",
    );
  }
  if (known.kind === "text" && known.minBytes === 0 && optional && tag.name === "param") {
    complain(
      "contract/optional",
      `an absent ${name} and an empty ${name} are the same on the wire`,
      "use a type of at least one byte, or remove the ?",
    );
  }
  if (element !== undefined && optional && mayBeMissing(tag)) {
    complain(
      "contract/optional",
      "an absent list has the same meaning as an empty one",
      "remove the ?, and return an empty list if there are no elements",
    );
  }
  return {
    type:
      element === undefined
        ? { kind: "named", name }
        : { kind: "list", element: name, ...(flat === undefined ? {} : { flat: true }) },
    optional,
  };
}

/** Whether a value may be absent at will; one that other outcomes do not carry is not. */
function mayBeMissing(tag: Tag): boolean {
  return tag.name === "param" || !/^\S+\s+\S+\s+when\s/.test(tag.text);
}
