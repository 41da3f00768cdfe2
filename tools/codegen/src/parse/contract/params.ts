import type { ArgParam, KeyParam } from "../../model/model.js";
import type { Problems } from "../problem.js";
import type { Tag } from "../source/doc.js";
import type { Module } from "../source/module.js";
import { readTypeRef, type Vocabulary } from "../vocabulary/type-reference.js";

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
    if (read !== undefined)
      args.push({ name, type: read.type, optional: read.optional, note: rest, position: tag.textPosition });
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
