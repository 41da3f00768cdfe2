import type { luaparse } from "./syntax.js";

/** A value put into a variable: how many copies of which other variables' texts it holds. */
interface Assignment {
  readonly node: luaparse.Expression;
  readonly target: string;
  readonly copies: ReadonlyMap<string, number>;
  /** It puts texts together. */
  readonly joins: boolean;
}

/** Texts that hold two or more copies of what they were one round earlier, so that they double in each round. */
export function doublings(body: readonly luaparse.Statement[]): readonly luaparse.Expression[] {
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

function isJoining({ base }: luaparse.CallExpression): boolean {
  return base.type === "MemberExpression" && JOINING.has(base.identifier.name);
}

function joins(node: luaparse.Expression): boolean {
  if (node.type === "BinaryExpression") return node.operator === "..";
  if (node.type === "LogicalExpression") return joins(node.left) || joins(node.right);
  return node.type === "CallExpression" && isJoining(node);
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
      return together(node.arguments, isJoining(node) ? sum : Math.max);
    case "TableConstructorExpression":
      return together(
        node.fields.map((field) => field.value),
        sum,
      );
    default:
      return new Map();
  }
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
