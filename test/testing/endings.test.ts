import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect } from "vitest";
import { waitUntil, withTimeout } from "../../src/testing/wait.js";
import { bundleOf } from "../support/bundle.js";
import { testOfProcesses } from "../support/docker.js";
import { isRunning } from "../support/testing/processes.js";
import { within } from "../support/wait.js";

const holder = join(import.meta.dirname, "../support/testing/holder.ts");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "endings-"));
  await chmod(folder, 0o755); // PostgreSQL runs as another user when we are root.
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Held {
  readonly port: number;
  readonly pids: readonly number[];
}

/** Starts the holder and reads what it holds. Its temporary folders lie in `folder`. */
async function hold(...args: string[]) {
  const child = spawn(process.execPath, [await bundleOf(holder), ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", args.includes("throw") ? "ignore" : "inherit"],
  });
  const exit = once(child, "exit");
  const [line] = await withTimeout(
    once(createInterface({ input: child.stdout }), "line"),
    45_000,
    "the holder's line",
  );
  const held: Held = JSON.parse(String(line));
  return { child, exit, ...held };
}

async function nothingLeft(pids: readonly number[]): Promise<void> {
  await waitUntil(async () => !pids.some(isRunning), 5_000, "the processes to end");
  const left = async () => (await readdir(folder)).filter((name) => name.startsWith("moonpath-"));
  await waitUntil(async () => (await left()).length === 0, 5_000, "the folders to go");
}

testOfProcesses.each(["SIGKILL", "SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "a parent that is ended by %s leaves neither processes nor folders",
  { timeout: 60_000 },
  async (signal) => {
    const { child, exit, port, pids } = await hold("wait", ...(signal === "SIGKILL" ? ["--postgres"] : []));
    expect(pids.filter(isRunning)).toEqual(pids);
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    // Closed or reset: by how much it had still to read.
    socket.on("error", () => {});
    const serverGone = new Promise((resolve) => socket.once("close", resolve));
    child.kill(signal);
    await within("the parent ends", exit);
    await within("the server closes the connection", serverGone, 5_000);
    await nothingLeft(pids);
  },
);

testOfProcesses.each(["throw", "exit", "--postgres"])(
  "a parent that ends by itself (%s) leaves neither processes nor folders",
  { timeout: 60_000 },
  async (how) => {
    const { exit, pids } = await hold(how);
    const [code] = await withTimeout(exit, 10_000, "the holder's end: servers do not keep it alive");
    expect(code).toBe(how === "throw" ? 1 : 0);
    await nothingLeft(pids);
  },
);

testOfProcesses("the next start replaces a watchdog that was killed", async () => {
  const { startRedis } = await import("../../src/testing/index.js");
  const { watchdogPid } = await import("../../src/testing/process/watchdog.js");
  const first = await startRedis({ own: true });
  const pid = watchdogPid();
  expect(pid).toBeDefined();
  if (pid !== undefined) process.kill(pid, "SIGKILL");
  await waitUntil(async () => watchdogPid() === undefined, 5_000, "the loss of the watchdog to be seen");
  const second = await startRedis({ own: true });
  const next = watchdogPid();
  expect(next).not.toBe(pid);
  await Promise.all([first.stop(), second.stop()]);
  expect(next !== undefined && isRunning(next)).toBe(false);
});
