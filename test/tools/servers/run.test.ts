import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { waitUntil } from "../../../src/testing/wait.js";
import { bundleOf } from "../../support/bundle.js";
import { isRunning } from "../../support/testing/processes.js";
import { within } from "../../support/wait.js";

const script = join(import.meta.dirname, "../../../tools/servers/run.ts");

/** Starts the runner without any server given by the environment. */
async function run(args: readonly string[]) {
  const { REDIS_URL: _, DATABASE_URL: __, ...env } = process.env;
  return spawn(process.execPath, [await bundleOf(script), ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function finish(args: readonly string[]) {
  const child = await run(args);
  const exit = once(child, "exit");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exit;
  return { code, out: out.trim(), err: err.trim() };
}

test("the runner passes server URLs to the command and exits with the command's code", async () => {
  const print = "console.log(process.env.REDIS_URL, process.env.DATABASE_URL); process.exit(7)";
  const { code, out } = await finish(["--postgres", "--", process.execPath, "-e", print]);
  expect(code).toBe(7);
  expect(out).toMatch(
    /^redis:\/\/:\w+@127\.0\.0\.1:\d+ postgres:\/\/postgres:\w+@127\.0\.0\.1:\d+\/postgres$/,
  );
});

test("the option --cluster passes the URL of every node", async () => {
  const { code, out } = await finish([
    "--cluster",
    "--",
    process.execPath,
    "-e",
    "console.log(process.env.REDIS_URL)",
  ]);
  expect(code).toBe(0);
  expect(out.split(",")).toHaveLength(6);
});

test("the runner forwards a signal to the command", async () => {
  const wait =
    "process.on('SIGTERM', () => process.exit(5)); console.log(process.pid); setInterval(() => {}, 60000)";
  const child = await run(["--", process.execPath, "-e", wait]);
  const lines = createInterface({ input: child.stdout });
  const [line] = await within("the command prints its process id", once(lines, "line"));
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  expect(await within("the runner exits after SIGTERM", exit)).toEqual([5, null]);
  await waitUntil(async () => !isRunning(Number(line)), 5_000, "the command to end");
});

test("the runner exits with 128 plus the signal number if a signal ends the command", async () => {
  const { code } = await finish(["--", process.execPath, "-e", "process.kill(process.pid, 'SIGKILL')"]);
  expect(code).toBe(137);
});

test.each([[["true"]], [["--"]], [["--mysql", "--", "true"]], [["--", "no-such-command-here"]]])(
  "the runner refuses the arguments %j with an error that names the fix",
  async (args) => {
    const { code, err } = await finish(args);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^TESTING_BAD_OPTION: (Usage|Unknown option --mysql|Cannot run no-such-command-here)/,
    );
  },
);
