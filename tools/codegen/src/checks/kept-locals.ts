import type luaparse from "luaparse";
import { nodesOf } from "../emit/lua/nodes.js";
import type { ParsedScript } from "../parse/folder.js";
import type { Problem } from "../parse/problem.js";
import type { Module } from "../parse/source/module.js";
import { positionOf } from "../parse/source/source.js";

/** Functions of Lua that change the table that is their first argument. */
const CHANGING = new Set(["table.insert", "table.remove", "table.sort", "rawset"]);

/**
 * Statements that change a local of a file inside a function. In the many form, the later calls would
 * see the change of an earlier one, because a file's locals are made once for all calls.
 */
export function changedLocals({ contract, libModules, main }: ParsedScript): Problem[] {
  if (contract.many === undefined) return [];
  return [...libModules, main].flatMap((module) =>
    module.body.flatMap((statement) =>
      statement.type === "FunctionDeclaration" || statement.type === "LocalStatement"
        ? changesIn(module, statement)
        : [],
    ),
  );
}

function changesIn(module: Module, statement: luaparse.Statement): Problem[] {
  const kept = new Set(
    module.body.flatMap((statement) =>
      statement.type === "LocalStatement" ? statement.variables.map(({ name }) => name) : [],
    ),
  );
  // A local of a function hides one of the file.
  const parts = statement.type === "LocalStatement" ? statement.init : statement;
  for (const node of nodesOf(parts)) for (const name of declaredBy(node)) kept.delete(name);
  return [...nodesOf(parts)].flatMap((node) =>
    changedBy(node).flatMap((base) => {
      if (!kept.has(base.name)) return [];
      const message = `${base.name} keeps this change for the later calls of the many form`;
      const fix = "declare the local inside the function, or remove @many";
      const position = positionOf(module.source, base);
      return [{ rule: "contract/many" as const, position, length: base.name.length, message, fix }];
    }),
  );
}

function declaredBy(node: luaparse.Node): string[] {
  switch (node.type) {
    case "LocalStatement":
    case "ForGenericStatement":
      return node.variables.map(({ name }) => name);
    case "ForNumericStatement":
      return [node.variable.name];
    case "FunctionDeclaration":
      return node.parameters.flatMap((param) => (param.type === "Identifier" ? [param.name] : []));
    default:
      return [];
  }
}

/** The names whose values a node changes. */
function changedBy(node: luaparse.Node): luaparse.Identifier[] {
  if (node.type === "AssignmentStatement") return node.variables.flatMap((variable) => baseOf(variable));
  if (node.type !== "CallExpression" || !CHANGING.has(nameOf(node.base))) return [];
  const [first] = node.arguments;
  return first === undefined ? [] : baseOf(first);
}

/** `seen` of `seen`, `seen.total` and `seen[1].total`. */
function baseOf(node: luaparse.Expression): luaparse.Identifier[] {
  if (node.type === "Identifier") return [node];
  return node.type === "MemberExpression" || node.type === "IndexExpression" ? baseOf(node.base) : [];
}

function nameOf(node: luaparse.Expression): string {
  if (node.type === "Identifier") return node.name;
  return node.type === "MemberExpression" ? `${nameOf(node.base)}.${node.identifier.name}` : "";
}
