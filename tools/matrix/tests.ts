import { join } from "node:path";
import { type CellContext, type CellResult, passedTests } from "./cell.js";
import { type Build, ROOT } from "./project.js";
import { type Ended, run } from "./run.js";

const SMOKE_LIMIT_MS = 60_000;
const SUITE_LIMIT_MS = 900_000;

export const ESM: Build = { compiler: "typescript", module: "nodenext", output: "esm" };

/** Compiles the smoke test, and runs it with a runtime and a client library. */
export async function smokeTest(
  { project, server }: CellContext,
  build: Build,
  program: string,
  args: readonly string[],
  client = "ioredis",
): Promise<CellResult> {
  const { file, compiler } = await project.compiled(build);
  if (!compiler.ok) return resultOf(compiler, "");
  const ended = await run(program, [...args, file], {
    cwd: project.folder,
    env: { REDIS_URL: server.url, SMOKE_CLIENT: client, NO_COLOR: "1" },
    limitMs: SMOKE_LIMIT_MS,
  });
  // A program that ends early, without an error, has not printed this line.
  return resultOf({ ...ended, ok: ended.ok && /^ok$/m.test(ended.output) }, "");
}

/** Runs the tests of the client with one client library, on one Node.js. */
export async function suite(
  program: string,
  client: string,
  only: readonly string[] = [],
): Promise<CellResult> {
  const ended = await run(
    program,
    [
      "--conditions=moonpath-source",
      join(ROOT, "node_modules/vitest/vitest.mjs"),
      "run",
      "test/client",
      ...only,
    ],
    { cwd: ROOT, env: { MOONPATH_CLIENT: client, NO_COLOR: "1", CI: "1" }, limitMs: SUITE_LIMIT_MS },
  );
  return resultOf(ended, passedTests(ended.output));
}

/** The output is kept if the run failed. */
export function resultOf({ ok, output }: Ended, figure: string): CellResult {
  return { ok, figure, output: ok ? "" : output };
}
