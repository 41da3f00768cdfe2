import type luaparse from "luaparse";
import type { Module } from "../../parse/source/module.js";
import { declaredNames, freeNames } from "./bindings.js";
import { nodesOf } from "./nodes.js";

/** The statement of another module before which a module's function is made. */
export interface Insertion {
  readonly host: Module;
  readonly before: luaparse.Statement;
}

/** A statement on the way from a module's function to a use of another module. */
interface Step {
  readonly host: Module;
  readonly block: readonly luaparse.Statement[];
  readonly index: number;
  /** Whether the block is a branch of an `if`. */
  readonly isBranch: boolean;
}

/** Where a module is used. */
interface Use {
  /** From the outermost block to the innermost; none: outside of the function. */
  readonly steps: readonly Step[];
  /** Whether this is a call that runs at most once each time its block does. */
  readonly runsOnce: boolean;
}

/**
 * Where to make the functions of modules, so that a call of the script makes only those on its path.
 * Lua makes a function anew whenever it reaches one, and a script's path rarely needs all of them. A
 * module moves before its first use if that is in a branch or after a `return`, never into a loop.
 *
 * @param modules those first that others require; the last one is the script, which runs once
 * @returns where the modules stand that move
 */
export function insertionsOf(modules: readonly Module[]): ReadonlyMap<Module, Insertion> {
  const script = modules.at(-1);
  const steps = new Map<Module, readonly Step[]>();
  /** The modules that a call of the script runs a few times at most. */
  const fewRuns = new Set(script === undefined ? [] : [script]);
  for (const module of modules.slice(0, -1).reverse()) {
    const uses = modules.flatMap((host) =>
      usesIn(host, module.name, steps.get(host) ?? [], fewRuns.has(host)),
    );
    if (uses.every(({ runsOnce }) => runsOnce)) fewRuns.add(module);
    const found = commonSteps(uses);
    while (found.length > 0 && !saves(found.at(-1))) found.pop();
    if (isMovable(module, found)) steps.set(module, found);
  }
  return new Map([...steps].flatMap(([module, found]) => insertionAt(module, found.at(-1))));
}

function insertionAt(module: Module, step: Step | undefined): [Module, Insertion][] {
  const before = step?.block[step.index];
  return step === undefined || before === undefined ? [] : [[module, { host: step.host, before }]];
}

/**
 * Whether every name that a module uses or declares means the same where it then stands. The rules
 * module/clash and module/reserved keep all names at the top of a script apart.
 */
function isMovable(module: Module, steps: readonly Step[]): boolean {
  if (steps.length === 0 || module.body.length !== 1) return false;
  const names = [module.name, ...freeNames(module.body)];
  return steps.every(({ host }) => {
    const declared = declaredNames(functionOf(host)?.body ?? []);
    const params = host.params.map((param) => param.name);
    return !names.some((name) => declared.has(name) || params.includes(name));
  });
}

function functionOf({ name, body }: Module): luaparse.FunctionDeclaration | undefined {
  return body
    .filter((statement) => statement.type === "FunctionDeclaration")
    .findLast(({ identifier }) => identifier?.type === "Identifier" && identifier.name === name);
}

/** Whether a call of the script may end, or take another branch, before it comes to this statement. */
function saves(step: Step | undefined): boolean {
  if (step === undefined) return false;
  return step.isBranch || step.block.slice(0, step.index).some(mayReturn);
}

function mayReturn(statement: luaparse.Statement): boolean {
  for (const { type } of nodesOf(statement, (node) => node.type !== "FunctionDeclaration"))
    if (type === "ReturnStatement") return true;
  return false;
}

/** The steps that all uses share, up to the first statement of the innermost block that has them all. */
function commonSteps(uses: readonly Use[]): Step[] {
  const [first, ...others] = uses.map(({ steps }) => steps);
  const common: Step[] = [];
  for (const [depth, step] of (first ?? []).entries()) {
    const same = others.map((steps) => steps[depth]).filter((other) => other?.block === step.block);
    if (same.length < others.length) break;
    const index = Math.min(step.index, ...same.map((other) => other?.index ?? step.index));
    common.push({ ...step, index });
    if (same.some((other) => other?.index !== step.index)) break;
  }
  return common;
}

/** The uses of a name in a module that is made behind the steps `at`. */
function usesIn(host: Module, name: string, at: readonly Step[], hasFewRuns: boolean): Use[] {
  if (host.name === name) return [];
  const fn = functionOf(host);
  const outside = host.body.filter((statement) => statement !== fn);
  const uses = usesOf(outside, name).map((): Use => ({ steps: [], runsOnce: false }));
  if (fn === undefined) return uses;
  if (hasFewRuns) return [...uses, ...usesInBlock(fn.body, name, { host, isBranch: false }, at)];
  return [...uses, ...usesOf(fn.body, name).map((): Use => ({ steps: at, runsOnce: false }))];
}

function usesInBlock(
  block: readonly luaparse.Statement[],
  name: string,
  kind: Pick<Step, "host" | "isBranch">,
  at: readonly Step[],
): Use[] {
  return block.flatMap((statement, index) => {
    const steps = [...at, { ...kind, block, index }];
    switch (statement.type) {
      case "DoStatement":
        return usesInBlock(statement.body, name, { ...kind, isBranch: false }, steps);
      case "IfStatement":
        return statement.clauses.flatMap((clause) => [
          ...(clause.type === "ElseClause" ? [] : usesInParts(clause.condition, name, steps)),
          ...usesInBlock(clause.body, name, { ...kind, isBranch: true }, steps),
        ]);
      case "WhileStatement":
      case "RepeatStatement":
      case "ForNumericStatement":
      case "ForGenericStatement":
      case "FunctionDeclaration":
        return usesOf(statement, name).map((): Use => ({ steps, runsOnce: false }));
      default:
        return usesInParts(statement, name, steps);
    }
  });
}

/** The uses in a statement or expression without a block of its own. */
function usesInParts(node: luaparse.Node, name: string, steps: readonly Step[]): Use[] {
  const called = new Set<luaparse.Node>();
  for (const part of nodesOf(node, ({ type }) => type !== "FunctionDeclaration"))
    if (part.type === "CallExpression") called.add(part.base);
  return usesOf(node, name).map((use) => ({ steps, runsOnce: called.has(use) }));
}

/** The identifiers with a name, also those that are a key of a table. */
function usesOf(value: unknown, name: string): luaparse.Node[] {
  return [...nodesOf(value)].filter((node) => node.type === "Identifier" && node.name === name);
}
