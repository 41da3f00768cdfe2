import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { isRecord } from "./support/json.js";
import { isTask } from "./support/task.js";
import type { Target } from "./target.js";

/**
 * Runs one target in a separate process: `child.ts <task file>`. Sends its report to the parent and
 * ends.
 */
async function main(): Promise<void> {
  const task: unknown = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
  if (!isTask(task)) throw new Error("the task file holds no task");
  const loaded: unknown = await import(task.module);
  const target = isRecord(loaded) ? loaded["target"] : undefined;
  if (!isTarget(target)) throw new Error(`${task.module} exports no target`);
  const current = openSync(task.current, "w");
  const report = await target.run({
    seed: task.seed,
    milliseconds: task.milliseconds,
    corpus: task.corpus,
    trying(input) {
      // The child writes the input before it tries it, so that the parent can save an input that
      // hangs.
      const length = input === undefined ? 0 : writeSync(current, JSON.stringify(input), 0);
      ftruncateSync(current, length);
    },
  });
  closeSync(current);
  await new Promise((resolve) => process.send?.(report, resolve));
}

function isTarget(value: unknown): value is Target {
  return isRecord(value) && typeof value["run"] === "function";
}

await main();
// Handles that a target leaves open must not keep the process running.
process.exit();
