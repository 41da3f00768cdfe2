import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly zombie: boolean;
}

/** All processes of this machine, out of /proc. */
async function allProcesses(): Promise<Process[]> {
  const entries = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    entries.map(async (name) => {
      const text = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
      const [state, parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
      return text === "" ? [] : [{ pid: Number(name), parent: Number(parent), zombie: state === "Z" }];
    }),
  );
  return found.flat();
}

/** The process and everything that it and its children have started. */
export async function familyOf(pid: number): Promise<number[]> {
  const all = await allProcesses();
  const family = [pid];
  for (const member of family) {
    family.push(...all.filter(({ parent }) => parent === member).map((child) => child.pid));
  }
  return family;
}

/** Which of these processes still run, after giving them `limitMs` to end. */
export async function stillRunning(pids: readonly number[], limitMs = 5_000): Promise<number[]> {
  const end = performance.now() + limitMs;
  for (;;) {
    const alive = new Set((await allProcesses()).filter(({ zombie }) => !zombie).map(({ pid }) => pid));
    const left = pids.filter((pid) => alive.has(pid));
    if (left.length === 0 || performance.now() > end) return left;
    await sleep(50);
  }
}
