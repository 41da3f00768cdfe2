import type luaparse from "luaparse";
import type { Position } from "../../model/model.js";
import type { Problems } from "../problem.js";
import { type Doc, docAbove, docsOf } from "./doc.js";
import { positionOf, type Source } from "./source.js";

/** `local now_ms = require("lib.now_ms")` */
export interface Require {
  readonly local: string;
  /** `lib.now_ms` */
  readonly module: string;
  readonly position: Position;
}

/**
 * A Lua file in the form that Moonpath reads: requires, constants, helpers, and one documented
 * function that the file returns. A script and a module of `lib/` both have this form.
 */
export interface Module {
  readonly source: Source;
  /** The returned function's name. */
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly position: Position }[];
  readonly requires: readonly Require[];
  /** The statements between the requires and the return, the function's own included. */
  readonly body: readonly luaparse.Statement[];
  /** The documentation above the function; absent when there is none. */
  readonly doc: Doc | undefined;
  readonly position: Position;
}

const FORM = "end the file with: return <the documented function>";

/**
 * Reads a script or a file of `lib/`; undefined when it has another form (problems say why).
 */
export function readModule(source: Source, problems: Problems): Module | undefined {
  const statements = source.chunk.body;
  const last = statements.at(-1);
  const returned = last?.type === "ReturnStatement" ? last.arguments[0] : undefined;
  if (last?.type !== "ReturnStatement" || last.arguments.length !== 1 || returned?.type !== "Identifier") {
    const message = "the file does not end with the return of a named function";
    problems.at(returnPosition(source, last), "return".length, "contract/form", message, FORM);
    return undefined;
  }
  const requires: Require[] = [];
  const body: luaparse.Statement[] = [];
  let main: luaparse.FunctionDeclaration | undefined;
  for (const statement of statements.slice(0, -1)) {
    const required = readRequire(source, statement);
    if (required !== undefined) {
      requires.push(required);
      continue;
    }
    if (
      statement.type === "FunctionDeclaration" &&
      statement.isLocal &&
      statement.identifier?.type === "Identifier"
    ) {
      if (statement.identifier.name === returned.name) main = statement;
    } else if (statement.type !== "LocalStatement") {
      problems.at(
        positionOf(source, statement),
        (source.lines[positionOf(source, statement).line - 1] ?? "").length,
        "contract/form",
        "outside of its function, a file contains only locals",
        "move this into the function",
      );
    }
    body.push(statement);
  }
  if (main === undefined) {
    problems.at(
      positionOf(source, returned),
      returned.name.length,
      "contract/form",
      `${returned.name} is not a local function of this file`,
      `write it as: local function ${returned.name}(…) … end`,
    );
    return undefined;
  }
  const params: { name: string; position: Position }[] = [];
  for (const param of main.parameters) {
    if (param.type === "Identifier") params.push({ name: param.name, position: positionOf(source, param) });
    else
      problems.at(
        positionOf(source, param),
        3,
        "contract/form",
        "a script function cannot have the parameter ...",
        "name each parameter",
      );
  }
  const position = positionOf(source, main);
  return {
    source,
    name: returned.name,
    params,
    requires,
    body,
    doc: docAbove(docsOf(source), position.line),
    position,
  };
}

/** The return that is of another form; the last line, where there is none. */
function returnPosition(source: Source, last: luaparse.Statement | undefined): Position {
  if (last?.type === "ReturnStatement") return positionOf(source, last);
  const line = last?.loc?.end.line ?? 1;
  return { file: source.file, line, column: 1 };
}

function readRequire(source: Source, statement: luaparse.Statement): Require | undefined {
  if (statement.type !== "LocalStatement") return undefined;
  const [variable] = statement.variables;
  const [value] = statement.init;
  if (variable === undefined || value?.type !== "CallExpression") return undefined;
  if (value.base.type !== "Identifier" || value.base.name !== "require") return undefined;
  const [argument] = value.arguments;
  const module = argument?.type === "StringLiteral" ? argument.raw.slice(1, -1) : "";
  return { local: variable.name, module, position: positionOf(source, value) };
}
