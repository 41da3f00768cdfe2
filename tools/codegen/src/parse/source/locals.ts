import type luaparse from "luaparse";

/**
 * Lua takes 200 locals in a function. `limitFaults` counts them exactly, but only in a script
 * without other problems. A list of more than this many stops at once, because the checks need time
 * by the square of the locals.
 */
export const MAX_BLOCK_LOCALS = 1_000;

/** The first local, or parameter that is one too many in its block or parameter list. */
export function localTooMany(node: luaparse.Node): luaparse.Node | undefined {
  if (node.type === "FunctionDeclaration" && node.parameters.length > MAX_BLOCK_LOCALS)
    return node.parameters[MAX_BLOCK_LOCALS];
  if (!("body" in node)) return undefined;
  let locals = 0;
  for (const statement of node.body) {
    if (statement.type === "LocalStatement") locals += statement.variables.length;
    else if (statement.type === "FunctionDeclaration" && statement.isLocal) locals += 1;
    if (locals > MAX_BLOCK_LOCALS) return statement;
  }
  return undefined;
}
