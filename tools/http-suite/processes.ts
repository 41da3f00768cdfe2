import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const START_LIMIT_MS = 60_000;
const RUN_LIMIT_MS = 300_000;

/** The processes of one run. All are stopped at its end. */
export class Processes {
  readonly #running: ChildProcess[] = [];

  /** Starts a program and returns its first line that matches. */
  async start(
    args: readonly string[],
    options: { readonly cwd?: string; readonly env: Readonly<Record<string, string>> },
    expected: RegExp,
  ): Promise<string> {
    const child = spawn(process.execPath, args, {
      cwd: options.cwd ?? fileURLToPath(new URL("../../", import.meta.url)),
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#running.push(child);
    return within(START_LIMIT_MS, async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        const found = expected.exec(line);
        if (found) return found[1] ?? "";
      }
      throw new Error(`${args.join(" ")} ended before it was ready`);
    });
  }

  /** Runs a program to its end, and returns its output. */
  async run(args: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#running.push(child);
    return within(RUN_LIMIT_MS, async () => {
      let output = "";
      for await (const part of child.stdout) output += String(part);
      return output;
    });
  }

  stop(): void {
    for (const child of this.#running.splice(0)) child.kill();
  }
}

async function within<Value>(ms: number, work: () => Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
