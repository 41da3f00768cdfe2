/**
 * Runs the public suite of tests for HTTP caches against the proxy of `moonpath/http-cache`:
 *
 *     npm run http-suite -- --suite FOLDER --json FILE
 */
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startRedis } from "../../src/testing/index.js";
import { ensureRedis } from "../servers/install.js";
import { Processes } from "./processes.js";
import { PROFILES } from "./profiles.js";
import { lineOf, type RunResult, runResultOf, type TestResult } from "./results.js";
import { copySuite, SuiteError } from "./suite.js";

const HELP = `Usage: npm run http-suite [-- options]

Runs the public suite of tests for HTTP caches (http-tests/cache-tests) against a proxy of moonpath/http-cache, with
L1 and without, on one process and on two whose requests alternate. A test counts if those that it depends on pass.
The exit code is 1 if a required test fails, or if fewer than 99 optimal tests pass, under the profile "suite".

Options:
  --suite PATH     a folder or a .tgz of the suite; without it, the suite is cloned
  --json FILE      also write the results as JSON
  --profile NAME   run one profile only: ${Object.keys(PROFILES).join(", ")}
  --quick          run without L1 and on one process only

Example: npm run http-suite -- --suite cache-tests.tgz --json results.json
`;

const MIN_OPTIMAL = 99;
/** The first requests of a process compile its code, which takes longer than a test allows. */
const WARM_UP_REQUESTS = 30;

/** One way to run the suite. */
interface Setup {
  readonly profile: string;
  readonly l1: "on" | "off";
  readonly processes: number;
}

function setups(only: string | undefined, isQuick: boolean): readonly Setup[] {
  const names = only === undefined ? Object.keys(PROFILES) : [only];
  const all = names.flatMap((profile) =>
    [1, 2].flatMap((processes) => (["off", "on"] as const).map((l1) => ({ profile, l1, processes }))),
  );
  // The defaults are shown once: they differ in what they refuse.
  const wanted = all.filter(
    ({ profile, processes, l1 }) => profile === "suite" || (processes === 1 && l1 === "off"),
  );
  return isQuick ? wanted.filter(({ processes, l1 }) => processes === 1 && l1 === "off") : wanted;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
}

async function runOnce(suite: string, redisUrl: string, setup: Setup): Promise<RunResult> {
  const processes = new Processes();
  try {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const config = { npm_config_protocol: "http", npm_config_port: String(port) };
    await processes.start(
      ["test-engine/server/server.mjs"],
      { cwd: suite, env: { ...config, npm_config_pidfile: `${suite}/server.pid` } },
      /Listening on (.+)/,
    );
    const bases: string[] = [];
    for (let place = 0; place < setup.processes; place++) {
      const program = fileURLToPath(new URL("proxy-process.ts", import.meta.url));
      const env = { REDIS_URL: redisUrl, ORIGIN: origin, NAMESPACE: `http-suite-${port}` };
      const started = await processes.start(
        ["--conditions", "moonpath-source", "--import", "tsx", program],
        { env: { ...env, PROFILE: setup.profile, L1: setup.l1 } },
        /^(\d+)$/,
      );
      bases.push(`http://127.0.0.1:${started}`);
    }
    for (let request = 0; request < WARM_UP_REQUESTS; request++) {
      for (const base of bases) await (await fetch(`${base}/warm-up/${request}`)).text();
    }
    const runner = fileURLToPath(new URL("runner.mjs", import.meta.url));
    const tests: readonly TestResult[] = JSON.parse(await processes.run([runner, suite, bases.join(",")]));
    return runResultOf(setup, tests);
  } finally {
    processes.stop();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      suite: { type: "string" },
      json: { type: "string" },
      profile: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.profile !== undefined && !(values.profile in PROFILES))
    throw new SuiteError(`--profile must be one of ${Object.keys(PROFILES).join(", ")}`);
  await ensureRedis();
  const suite = await copySuite(values.suite);
  const redis = await startRedis();
  const results: RunResult[] = [];
  try {
    for (const setup of setups(values.profile, values.quick)) {
      const result = await runOnce(suite, redis.url, setup);
      results.push(result);
      process.stdout.write(`${lineOf(result)}\n`);
      for (const { kind, id, why } of result.profile === "suite" ? result.failed : [])
        process.stdout.write(`  ${kind} ${id}: ${why}\n`);
    }
  } finally {
    await redis.stop();
    await rm(suite, { recursive: true, force: true });
  }
  for (const [name, { description }] of Object.entries(PROFILES))
    process.stdout.write(`Profile ${name}: ${description}.\n`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
  const judged = results.filter(({ profile }) => profile === "suite");
  const isGood = judged.every(
    ({ required, optimal, of }) => required === of.required && optimal >= MIN_OPTIMAL,
  );
  return isGood ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof SuiteError || (error instanceof TypeError && "code" in error);
  process.stderr.write(
    isUsage ? `error: ${error.message}\n\n${HELP}` : `${error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = 2;
}
