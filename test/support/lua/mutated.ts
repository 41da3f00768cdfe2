import { createHash } from "node:crypto";
import type { Script } from "../../../src/client/index.js";

/**
 * The text that a test wants to take out of a script is not there, or stands there several times.
 */
export class GuardNotFoundError extends Error {
  override readonly name = "GuardNotFoundError";
}

/**
 * The same script without one of its guards: proof that the test which the guard passes would fail
 * without it.
 *
 * `guard` is text of the generated Lua, whatever its white space; it has to be there once, or this
 * throws.
 */
export function without<Args, Reply>(
  script: Script<Args, Reply>,
  guard: string,
  instead: string,
): Script<Args, Reply> {
  const words = guard
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = script.lua.split(new RegExp(words.join("\\s+")));
  const [before, after] = parts;
  if (parts.length !== 2 || before === undefined || after === undefined) {
    throw new GuardNotFoundError(
      `"${guard}" stands ${parts.length - 1} times in ${script.name}; bring this test up to date`,
    );
  }
  const lua = `${before}${instead}${after}`;
  return { ...script, lua, digest: createHash("sha1").update(lua).digest("hex") };
}

/** What a fault changes in a script. */
export type PlantedFields = Partial<Pick<Script<never, unknown>, "lua" | "digest" | "lines">>;

/**
 * Changes a script that clients already use. Its text and lines are getters, which nobody can
 * assign to.
 */
export function plant(script: object, fields: PlantedFields): void {
  for (const [name, value] of Object.entries(fields)) {
    Object.defineProperty(script, name, { value, writable: true, configurable: true, enumerable: true });
  }
}
