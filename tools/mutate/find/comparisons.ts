import type { Piece } from "./pieces.js";
import { type Node, rangeOf, walk } from "./syntax.js";

/** The most similar operator: both give the same result for all values except one. */
const SWAPPED: ReadonlyMap<string, string> = new Map([
  ["<", "<="],
  ["<=", "<"],
  [">", ">="],
  [">=", ">"],
  ["==", "~="],
  ["~=", "=="],
]);

/** Swapped comparisons: `<` becomes `<=`, `==` becomes `~=`, and so on. */
export function comparisonsIn(root: Node, text: string): Piece[] {
  const pieces: Piece[] = [];
  walk(root, (node) => {
    if (node.type !== "BinaryExpression") return;
    const swapped = SWAPPED.get(node.operator);
    if (swapped === undefined) return;
    const [, from] = rangeOf(node.left);
    const [to] = rangeOf(node.right);
    // The text between the operands has the operator, white space, and brackets of the operands.
    const start = text.indexOf(node.operator, from);
    if (start < 0 || start >= to) throw new Error(`no ${node.operator} between its operands`);
    const end = start + node.operator.length;
    pieces.push({ kind: "comparison", start, end, replacement: swapped, shown: rangeOf(node) });
  });
  return pieces;
}
