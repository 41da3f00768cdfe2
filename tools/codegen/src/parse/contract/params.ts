import type { ArgParam, KeyParam, TypeRef } from "../../model/model.js";
import { MAX_ELEMENTS } from "../../model/resolve.js";
import type { Problems } from "../problem.js";
import type { Tag } from "../source/doc.js";
import type { Module } from "../source/module.js";
import { readTypeRef, type Vocabulary } from "../vocabulary/type-reference.js";

/** `at most 250`, `at most 250: note` and `at most 250 note`, of a list. */
const LIST_BOUND = /^at most (\d{1,9})(?::?\s+(.*)|:?)$/;

/**
 * The type of an argument and its note, without the bound with which the note of a list may begin.
 * Undefined: the bound is out of bounds itself.
 */
function boundedType(type: TypeRef, note: string): { type: TypeRef; note: string } | undefined {
  const [, digits, rest = ""] = LIST_BOUND.exec(note) ?? [];
  if (type.kind !== "list" || digits === undefined) return { type, note };
  const max = Number(digits);
  return max >= 1 && max <= MAX_ELEMENTS ? { type: { ...type, max }, note: rest } : undefined;
}

/** Reads the `@param` tags of a script: keys first, in the order of the function's parameters. */
export function readParams(
  module: Module,
  tags: readonly Tag[],
  vocabulary: Vocabulary,
  problems: Problems,
): { keys: KeyParam[]; args: ArgParam[] } {
  const keys: KeyParam[] = [];
  const args: ArgParam[] = [];
  const documented = new Set(tags.map((tag) => tag.text.split(/\s/, 1)[0] ?? ""));
  tags.forEach((tag, index) => {
    const [, name = "", type = "", rest = ""] = /^(\S+)\s+(\S+)\s*(.*)$/.exec(tag.text) ?? [];
    if (name === "") {
      problems.atText(
        tag,
        tag.text,
        "contract/param",
        "a parameter has a name and a type",
        "write it as: @param quantity units on hand now",
      );
      return;
    }
    const expected = module.params[index]?.name;
    if (name !== expected) {
      const fix =
        expected === undefined
          ? "remove this line, or add the parameter to the function"
          : `document ${expected} here, because the order is that of the function`;
      problems.atText(
        tag,
        name,
        "contract/param-order",
        expected === undefined
          ? `the function has no parameter ${index + 1}, but @param documents ${name}`
          : `the function's parameter ${index + 1} is ${expected}, not ${name}`,
        fix,
      );
      return;
    }
    const keyName = /^key\.(.+)$/.exec(type)?.[1];
    if (keyName !== undefined) {
      const [, access = "", note = ""] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
      if (!vocabulary.keys.some((key) => key.name === keyName)) {
        problems.atText(
          tag,
          type,
          "keyspace/unknown",
          `keyspace.lua does not declare key.${keyName}`,
          "declare it in keyspace.lua, or use a key that is declared there",
          name.length,
        );
      }
      if (access !== "read" && access !== "write") {
        problems.atText(
          tag,
          access === "" ? type : access,
          "contract/access",
          "the access of a key parameter is neither read nor write",
          `write it as: @param ${name} ${type} write`,
          name.length,
        );
        return;
      }
      if (args.length > 0)
        problems.atText(
          tag,
          name,
          "contract/keys-first",
          "keys come before the other parameters",
          "move it before them, in the function too",
        );
      keys.push({ param: name, key: keyName, access, note, position: tag.textPosition });
      return;
    }
    const read = readTypeRef(tag, type, vocabulary, problems, name.length);
    if (read === undefined) return;
    const bounded = boundedType(read.type, rest);
    if (bounded === undefined)
      problems.atText(
        tag,
        rest,
        "contract/param",
        `a list has at least 1 and at most ${MAX_ELEMENTS} elements`,
        "write it as: @param items id[] at most 250: the items of one claim",
        name.length + type.length,
      );
    const { type: known, note } = bounded ?? { type: read.type, note: rest };
    args.push({ name, type: known, optional: read.optional, note, position: tag.textPosition });
  });
  module.params.slice(tags.length).forEach((param) => {
    if (!documented.has(param.name))
      problems.at(
        param.position,
        param.name.length,
        "contract/param-missing",
        `the contract does not document ${param.name}`,
        `add: ---@param ${param.name} <type>`,
      );
  });
  return { keys, args };
}
