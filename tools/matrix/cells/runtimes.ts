import { join } from "node:path";
import { type Cell, passedTests } from "../cell.js";
import { installedRuntime } from "../install.js";
import type { Build } from "../project.js";
import { run } from "../run.js";
import { bun, deno, node20, node22, node24, oldestNode, type Runtime } from "../runtimes.js";
import { ESM, resultOf, smokeTest, suite } from "../tests.js";

const UNIT_LIMIT_MS = 180_000;

/** Runs the smoke test; on Node.js, a full run also runs the tests of the client. */
function runtimeCell(runtime: Runtime, hasSuite: boolean): Cell {
  return {
    id: runtime.id,
    title: runtime.title,
    tests: { smoke: "smoke test", full: hasSuite ? "smoke test, tests of the client" : "smoke test" },
    async run(context) {
      const program = await installedRuntime(runtime);
      const smoke = await smokeTest(context, ESM, program, runtime.args);
      if (!smoke.ok || context.isSmoke || !hasSuite) return smoke;
      return suite(program, "ioredis");
    },
  };
}

/** Compiles the smoke test, and runs what the compiler wrote. */
function compilerCell(runtime: Runtime, build: Build): Cell {
  const version = build.compiler === "typescript" ? "5.9" : "7.0";
  const kind = build.output === "esm" ? "ES modules" : "CommonJS, `require`";
  return {
    id: `ts-${version}-${build.module}-${build.output}`,
    title: `TypeScript ${version}, \`module: ${build.module}\`, ${kind}, ${runtime.title}`,
    tests: { smoke: "smoke test, compiled", full: "smoke test, compiled" },
    run: async (context) => smokeTest(context, build, await installedRuntime(runtime), []),
  };
}

/** Runs a test file of a user with Jest or Vitest. */
function testRunnerCell(
  id: string,
  title: string,
  runtime: Runtime,
  command: readonly string[],
  config: string,
): Cell {
  const [program = "", ...args] = command;
  return {
    id,
    title: `${title}, ${runtime.title}`,
    tests: { smoke: "one test file", full: "one test file" },
    async run({ project, server }) {
      const node = await installedRuntime(runtime);
      const flags = program.includes("jest") ? ["--experimental-vm-modules"] : [];
      const ended = await run(
        node,
        [...flags, join(project.folder, "node_modules", program), ...args, config],
        {
          cwd: project.folder,
          env: { REDIS_URL: server.url, NO_COLOR: "1", CI: "1" },
          limitMs: UNIT_LIMIT_MS,
        },
      );
      return resultOf(ended, passedTests(ended.output));
    },
  };
}

const JEST = ["jest/bin/jest.js", "--config"];

/** Every cell of `npm run test:runtimes`. */
export const runtimeCells: readonly Cell[] = [
  ...[oldestNode, node20, node22, node24].map((runtime) => runtimeCell(runtime, true)),
  runtimeCell(bun, false),
  runtimeCell(deno, false),
  compilerCell(node20, { compiler: "typescript", module: "nodenext", output: "cjs" }),
  compilerCell(node20, { compiler: "typescript", module: "node16", output: "cjs" }),
  compilerCell(oldestNode, { compiler: "typescript", module: "commonjs", output: "cjs" }),
  compilerCell(node20, { compiler: "typescript-7", module: "nodenext", output: "esm" }),
  compilerCell(node20, { compiler: "typescript-7", module: "node16", output: "cjs" }),
  compilerCell(node20, { compiler: "typescript-7", module: "commonjs", output: "cjs" }),
  testRunnerCell("jest-cjs", "Jest 30 with ts-jest, CommonJS", node24, JEST, "source/jest-cjs.config.cjs"),
  testRunnerCell("jest-esm", "Jest 30 with ts-jest, ES modules", node20, JEST, "source/jest-esm.config.cjs"),
  testRunnerCell(
    "vitest",
    "Vitest 4",
    node20,
    ["vitest/vitest.mjs", "run", "--root", "source", "--config"],
    "vitest.config.mjs",
  ),
];
