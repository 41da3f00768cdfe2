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
export function without<Copied extends Script<never, unknown>>(
  script: Copied,
  guard: string,
  instead: string,
): Copied {
  const { many } = script;
  return {
    ...script,
    ...changed(script, script.name, guard, instead),
    ...(many && { many: { ...many, ...changed(many, `the many form of ${script.name}`, guard, instead) } }),
  };
}

/** A text with another guard, and its digest. */
function changed(
  form: Pick<Script<never, unknown>, "lua">,
  name: string,
  guard: string,
  instead: string,
): Pick<Script<never, unknown>, "lua" | "digest"> {
  const words = guard
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = form.lua.split(new RegExp(words.join("\\s+")));
  const [before, after] = parts;
  if (parts.length !== 2 || before === undefined || after === undefined) {
    throw new GuardNotFoundError(
      `"${guard}" stands ${parts.length - 1} times in ${name}; bring this test up to date`,
    );
  }
  const lua = `${before}${instead}${after}`;
  return { lua, digest: createHash("sha1").update(lua).digest("hex") };
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
