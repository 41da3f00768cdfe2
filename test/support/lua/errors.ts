import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { type ErrorCode, MoonpathError } from "../../../src/index.js";

/** The typed error that a call ends with. */
export async function failure(call: Promise<unknown>): Promise<MoonpathError> {
  const ending: unknown = await call.then(
    (reply) => new Error(`expected an error, got ${JSON.stringify(reply)}`),
    (error: unknown) => error,
  );
  if (ending instanceof MoonpathError) return ending;
  throw ending;
}

/** Expects this error, with the script's name and a statement of the Lua source that has the given text. */
export function expectAt(error: MoonpathError, code: ErrorCode, script: string, text: RegExp): void {
  expect(error.code, error.message).toBe(code);
  expect(error.script).toBe(script);
  expect(error.message).toContain(script);
  expect(error.source).toMatch(/^lua\/[a-z_/]+\.lua:\d+$/);
  const [file = "", line = ""] = error.source?.split(":") ?? [];
  const source = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8").split("\n");
  // StyLua may break a long statement after its first line, which is the one that is named.
  const statement = source.slice(Number(line) - 1, Number(line) + 1).join("\n");
  expect(statement, error.source).toMatch(text);
}
