import { camel } from "../../naming.js";
import type { Problems } from "../problem.js";
import type { Module } from "../source/module.js";
import { positionOf } from "../source/source.js";
import type { Vocabulary } from "../vocabulary/type-reference.js";
import type { Contract } from "./contract.js";

/** Names that the generated wrapper and the checks take for what Redis provides. */
const GLOBALS = new Set([
  ..."KEYS ARGV redis cjson cmsgpack struct bit os assert error ipairs pairs next pcall xpcall select".split(
    " ",
  ),
  ..."string table math tonumber tostring type unpack".split(" "),
]);

/** All parts of a script share one scope, so that a name may stand in one of them only. */
export function checkLocals(modules: readonly Module[], problems: Problems): void {
  const owners = new Map<string, Module>();
  for (const module of modules) {
    for (const { name, node } of localsOf(module)) {
      const complain = (rule: "module/reserved" | "module/clash", message: string, fix: string) =>
        problems.at(positionOf(module.source, node), name.length, rule, message, fix);
      const owner = owners.get(name);
      if (/^(wrapper|arg|reply)_/.test(name)) {
        const message =
          "names that begin with wrapper_, arg_ or reply_ are reserved for the generated wrapper";
        complain("module/reserved", message, `rename ${name}`);
      } else if (GLOBALS.has(name)) {
        const message = `the local ${name} hides the global ${name}, which the generated wrapper uses`;
        complain("module/reserved", message, `rename ${name}`);
      } else if (owner !== undefined && owner !== module) {
        const message = `${owner.source.file} also declares ${name}, and a script and its modules share one scope`;
        complain("module/clash", message, "rename one of the two");
      }
      owners.set(name, module);
    }
  }
}

function localsOf({ body }: Module) {
  return body.flatMap((statement) => {
    if (statement.type === "LocalStatement")
      return statement.variables.map((node) => ({ name: node.name, node }));
    if (statement.type !== "FunctionDeclaration" || statement.identifier?.type !== "Identifier") return [];
    return [{ name: statement.identifier.name, node: statement.identifier }];
  });
}

/** Fields of keys and arguments are given together: their names differ, in TypeScript's spelling too. */
export function checkCallNames(contract: Contract, vocabulary: Vocabulary, problems: Problems): void {
  const taken = new Map<string, string>();
  const named = new Map<string, string>();
  for (const param of contract.keys) {
    const fields = vocabulary.keys.find((other) => other.name === param.key)?.fields ?? [];
    for (const field of fields) {
      const other = named.get(camel(field));
      if (other !== undefined && other !== field)
        problems.at(
          param.position,
          param.param.length,
          "contract/twice",
          `the key fields <${field}> and <${other}> are both ${camel(field)} in TypeScript`,
          "rename one of the two in keyspace.lua",
        );
      named.set(camel(field), field);
      taken.set(camel(field), `the field <${field}> of key.${param.key}`);
    }
  }
  for (const { name, position } of contract.args) {
    const other = taken.get(camel(name));
    if (other !== undefined)
      problems.at(
        position,
        name.length,
        "contract/twice",
        `the argument ${name} and ${other} are both ${camel(name)} in TypeScript`,
        "rename one of the two",
      );
    taken.set(camel(name), `the argument ${name}`);
  }
}
