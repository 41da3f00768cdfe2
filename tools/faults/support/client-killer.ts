import type { Redis } from "ioredis";
import type { FaultRun } from "../fault-run.js";

const A_SECOND = 100;

/** Kills one connection of a client after another, but not its own. */
export function startKiller(run: FaultRun, admin: Redis): { stop(): number } {
  let killed = 0;
  let turn = 0;
  const kill = async () => {
    const own = await admin.client("ID");
    const ids = [...String(await admin.client("LIST")).matchAll(/^id=(\d+)/gm)].map(([, id]) => Number(id));
    const others = ids.filter((id) => id !== own);
    const victim = others[turn++ % Math.max(others.length, 1)];
    if (victim !== undefined) killed += Number(await admin.client("KILL", "ID", victim));
  };
  const timer = run.onClose(
    setInterval(() => void kill().catch(() => {}), 1_000 / A_SECOND),
    clearInterval,
  );
  return {
    stop: () => {
      clearInterval(timer);
      return killed;
    },
  };
}
