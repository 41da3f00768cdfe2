import { spawn } from "node:child_process";
import { once } from "node:events";

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The program and its children are killed after this time. */
  readonly limitMs: number;
}

/** What a program wrote to stdout and stderr, and how it ended. */
export interface Ended {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a program to its end, without the settings that npm gives to its scripts. Never rejects. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env = {}, limitMs }: RunOptions,
): Promise<Ended> {
  const child = spawn(command, args, {
    cwd,
    env: { ...withoutNpm(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // A group of its own, so that the limit ends its children too.
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (piece: string) => {
      output += piece;
    });
  let isLate = false;
  const end = () => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, limitMs);
  process.once("exit", end);
  try {
    const [code]: unknown[] = await once(child, "close");
    if (isLate) return { ok: false, output: `${output}\nIt did not end within ${limitMs / 1_000} s.` };
    return { ok: code === 0, output };
  } catch (error) {
    return { ok: false, output: `${output}${error instanceof Error ? error.message : error}` };
  } finally {
    clearTimeout(timer);
    process.off("exit", end);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** `npm run` hands its own settings on to what it runs. A user's programs have none of them. */
function withoutNpm(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || /^NODE_OPTIONS$|^npm_/.test(name) ? [] : [[name, value]],
    ),
  );
}
