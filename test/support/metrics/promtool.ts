import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

/** A series and its values, as the unit tests of promtool have them: `0+5x40`. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** A question to rules: does the alert fire at that time? */
export interface AlertQuestion {
  readonly alert: string;
  readonly series: readonly InputSeries[];
  readonly at: string;
  /** The labels of each alert that must fire; none if it must be quiet. */
  readonly firing: readonly Readonly<Record<string, string>>[];
}

const LIMIT_MS = 30_000;

/** Whether promtool is installed: Debian's package `prometheus` has it. */
export async function hasPromtool(): Promise<boolean> {
  return (await promtool(["--version"])).status === 0;
}

/** Runs `promtool check rules`. */
export function checkRules(rules: string): Promise<{ readonly status: number; readonly output: string }> {
  return inFolder({ "rules.yml": rules }, (folder) =>
    promtool(["check", "rules", join(folder, "rules.yml")]),
  );
}

/** Runs `promtool test rules` with questions. The status is 0 if each has the answer that it expects. */
export function testRules(
  rules: string,
  questions: readonly AlertQuestion[],
): Promise<{ readonly status: number; readonly output: string }> {
  // The annotations are not compared: promtool compares all or none, so the rules have none here.
  const bare = rules.replaceAll(/^ {8}annotations:\n(?: {10,}.*\n)*/gm, "");
  const tests = {
    rule_files: ["rules.yml"],
    evaluation_interval: "15s",
    tests: questions.map(({ alert, series, at, firing }) => ({
      interval: "15s",
      input_series: series,
      alert_rule_test: [
        { eval_time: at, alertname: alert, exp_alerts: firing.map((exp_labels) => ({ exp_labels })) },
      ],
    })),
  };
  return inFolder({ "rules.yml": bare, "tests.yml": stringify(tests) }, (folder) =>
    promtool(["test", "rules", join(folder, "tests.yml")]),
  );
}

async function inFolder<Result>(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-rules-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function promtool(args: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile("promtool", args, { timeout: LIMIT_MS }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ status, output: stdout + stderr });
    });
  });
}
