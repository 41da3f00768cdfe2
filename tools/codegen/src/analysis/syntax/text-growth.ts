import type { luaparse } from "./syntax.js";

/** A value put into a variable: how many copies of which other variables' texts it holds. */
interface Assignment {
  readonly node: luaparse.Expression;
  readonly target: string;
  readonly copies: ReadonlyMap<string, number>;
  /** It puts texts together. */
  readonly joins: boolean;
}

/**
 * Of texts that are made one after the other, each may hold what they were made of so many times.
 */
const MAX_COPIES = 1_000;

/**
 * Texts that hold what they were made of more than 1,000 times, without a loop: 40 lines of `local
 * b = a .. a` make a terabyte. Looks at each function's statements in their order, and at those of
 * branches as if all of them ran.
 */
export function multipliedTexts(body: readonly luaparse.Statement[]): readonly luaparse.Expression[] {
  const weights = new Map<string, number>();
  const found: luaparse.Expression[] = [];
  for (const { node, target, copies, joins: isJoined } of assignmentsIn(body)) {
    const parts = [...copies].map(([name, count]) => count * (weights.get(name) ?? 1));
    const weight = isJoined ? parts.reduce(sum, 0) : Math.max(1, ...parts);
    // Told once: what is made of it is as long at least.
    if (weight > MAX_COPIES && parts.length > 0) found.push(node);
    weights.set(target, weight > MAX_COPIES ? 1 : weight);
  }
  return found;
}

/**
 * Texts that contain two or more copies of their value one iteration earlier, so that they double.
 */
export function doublingTexts(body: readonly luaparse.Statement[]): readonly luaparse.Expression[] {
  const all = assignmentsIn(body);
  const reads = new Map<string, Set<string>>();
  for (const { target, copies } of all)
    reads.set(target, new Set([...(reads.get(target) ?? []), ...copies.keys()]));
  return all
    .filter(({ target, copies }) => {
      const circle = [...copies].filter(([name]) => reaches(name, target, reads));
      const count = circle.reduce((sum, [, times]) => sum + times, 0);
      const names = new Set([target, ...circle.map(([name]) => name)]);
      return count >= 2 && all.some((one) => one.joins && names.has(one.target));
    })
    .map(({ node }) => node);
}

/** Whether a variable's value comes from another's, over any number of assignments. */
function reaches(from: string, to: string, reads: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(reads.get(name) ?? []));
  }
  return false;
}

function assignmentsIn(body: readonly luaparse.Statement[]): Assignment[] {
  return body.flatMap((statement): Assignment[] => {
    switch (statement.type) {
      case "AssignmentStatement":
      case "LocalStatement":
        return statement.variables.flatMap((variable, at) => {
          const node = statement.init[at];
          const target = nameOf(variable);
          if (node === undefined || target === undefined) return [];
          return [{ node, target, copies: copiesIn(node), joins: joins(node) }];
        });
      case "IfStatement":
        return statement.clauses.flatMap((clause) => assignmentsIn(clause.body));
      case "DoStatement":
      case "WhileStatement":
      case "RepeatStatement":
      case "ForNumericStatement":
      case "ForGenericStatement":
      case "FunctionDeclaration":
        return assignmentsIn(statement.body);
      default:
        return [];
    }
  });
}

/** `s`, `row.text`, `list[]` */
function nameOf(node: luaparse.Expression): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type === "MemberExpression") return `${nameOf(node.base)}.${node.identifier.name}`;
  if (node.type === "IndexExpression") return `${nameOf(node.base)}[]`;
  return undefined;
}

/** Functions whose result holds all of their arguments. */
const JOINING: ReadonlySet<string> = new Set(["concat", "format"]);

/**
 * Functions whose result may be twice as long as a text in their arguments, or longer: JSON escapes
 * what it holds.
 */
const DOUBLING: ReadonlySet<string> = new Set(["gsub", "encode", "pack"]);

/** How often a call's result holds its arguments; 0 where it holds none of them. */
function copiesOf({ base }: luaparse.CallExpression): number {
  if (base.type === "FunctionDeclaration") return 2;
  if (base.type !== "MemberExpression") return 0;
  return DOUBLING.has(base.identifier.name) ? 2 : JOINING.has(base.identifier.name) ? 1 : 0;
}

/**
 * A call's arguments, with the text in front of a method: `s:gsub("x", "xx")`. Of a function
 * written there, what it gives.
 */
function argumentsOf({ base, arguments: given }: luaparse.CallExpression): readonly luaparse.Expression[] {
  if (base.type === "MemberExpression" && base.indexer === ":") return [base.base, ...given];
  if (base.type !== "FunctionDeclaration") return given;
  const returned = base.body.flatMap((statement) =>
    statement.type === "ReturnStatement" ? statement.arguments : [],
  );
  return [...given, ...returned];
}

function joins(node: luaparse.Expression): boolean {
  if (node.type === "BinaryExpression") return node.operator === "..";
  if (node.type === "LogicalExpression") return joins(node.left) || joins(node.right);
  return node.type === "CallExpression" && copiesOf(node) > 0;
}

type Copies = ReadonlyMap<string, number>;

/** How many copies of each variable's text an expression's value holds at most. */
function copiesIn(node: luaparse.Expression): Copies {
  const name = nameOf(node);
  if (name !== undefined) return new Map([[name, 1]]);
  switch (node.type) {
    case "BinaryExpression":
      return node.operator === ".." ? together([node.left, node.right], sum) : new Map();
    case "LogicalExpression":
      return together([node.left, node.right], Math.max);
    case "CallExpression":
      return callCopies(node);
    case "TableConstructorExpression":
      return together(
        node.fields.map((field) => field.value),
        sum,
      );
    default:
      return new Map();
  }
}

function callCopies(node: luaparse.CallExpression): Copies {
  const times = copiesOf(node);
  const copies = together(argumentsOf(node), times > 0 ? sum : Math.max);
  return new Map([...copies].map(([name, count]) => [name, count * Math.max(1, times)]));
}

function sum(one: number, other: number): number {
  return one + other;
}

function together(
  nodes: readonly luaparse.Expression[],
  combine: (one: number, other: number) => number,
): Copies {
  const all = new Map<string, number>();
  for (const node of nodes)
    for (const [name, count] of copiesIn(node)) all.set(name, combine(all.get(name) ?? 0, count));
  return all;
}
