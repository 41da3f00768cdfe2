import type luaparse from "luaparse";
import type { CallsOf } from "./effects.js";
import type { Piece } from "./pieces.js";
import { callOf, commandOf, type Node, rangeOf, walk } from "./syntax.js";

/**
 * Removed guards:
 * - the condition of an `if` or `elseif` that returns, breaks or raises becomes `false`;
 * - an operand of `or` in any condition becomes `false`, an operand of `and` becomes `true`;
 * - a call that raises is left out where it stands without a condition of its own;
 * - a command whose reply nobody uses is left out: it is there to find a key of the wrong type.
 */
export function guardsIn(root: Node, calls: CallsOf): Piece[] {
  const pieces: Piece[] = [];
  const guarded = new Set<Node>();
  walk(root, (node) => {
    if (node.type === "IfClause" || node.type === "ElseifClause") {
      const [start, end] = rangeOf(node.condition);
      if (leaves(node.body, calls)) pieces.push({ kind: "guard", start, end, replacement: "false" });
      for (const piece of operandsIn(node.condition)) pieces.push(piece);
      const [only] = node.body;
      if (node.body.length === 1 && only !== undefined) guarded.add(only);
    }
    if (node.type === "CallStatement" && !guarded.has(node)) {
      const call = callOf(node.expression);
      if (call === undefined) return;
      const typeCheck = commandOf(call) !== undefined && !calls.writes(call);
      const [start, end] = rangeOf(node);
      if (typeCheck || calls.raises(call)) pieces.push({ kind: "guard", start, end, replacement: "do end" });
    }
  });
  return pieces;
}

/** Whether the code after the block never runs after it. */
function leaves(body: readonly luaparse.Statement[], calls: CallsOf): boolean {
  const last = body.at(-1);
  if (last?.type === "ReturnStatement" || last?.type === "BreakStatement") return true;
  const call = last?.type === "CallStatement" ? callOf(last.expression) : undefined;
  return call !== undefined && calls.raises(call);
}

function operandsIn(condition: luaparse.Expression): Piece[] {
  if (condition.type === "UnaryExpression") return operandsIn(condition.argument);
  if (condition.type !== "LogicalExpression") return [];
  const replacement = condition.operator === "or" ? "false" : "true";
  return [condition.left, condition.right].flatMap((operand): Piece[] => {
    const [start, end] = rangeOf(operand);
    // In `a or b or c`, the left operand of luaparse is `a or b`, so its own operands are enough.
    const nested = operand.type === "LogicalExpression" && operand.operator === condition.operator;
    return [...(nested ? [] : [{ kind: "guard" as const, start, end, replacement }]), ...operandsIn(operand)];
  });
}
