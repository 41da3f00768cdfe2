import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inject, onTestFinished } from "vitest";
import { bundleOf } from "./bundle.js";

/** A process of its own, which tells what happens in lines of JSON. */
export interface Child {
  readonly pid: number;
  /** The lines so far. */
  readonly lines: readonly Line[];
  /** The first line, past or to come, that fits. */
  line(fits: (line: Line, position: number) => boolean): Promise<Line>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

export interface Line {
  readonly what: string;
  readonly items?: readonly string[];
  readonly atMs?: number;
  readonly fence?: number;
}

/** Runs a program of this folder on the run's shared Redis. It is killed after the test at the latest. */
export async function runChild(
  program: string,
  namespace: string,
  ...args: readonly string[]
): Promise<Child> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [await bundleOf(file), namespace, ...args], {
    // Everybody sees arguments, and the URLs have passwords.
    env: {
      ...process.env,
      REDIS_URL: inject("redisUrl"),
      MOONPATH_TEST_DATABASE_URL: inject("databaseUrl"),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    lines.push(JSON.parse(text));
    for (const look of waiting) look();
  });
  const kill = (signal: NodeJS.Signals) => end(child, signal);
  onTestFinished(() => kill("SIGKILL"));
  return {
    pid: child.pid ?? 0,
    lines,
    kill,
    line: (fits) =>
      new Promise((resolve) => {
        const look = () => {
          const found = lines.find(fits);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
