import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import type { Step } from "./steps.js";

/** The result of a step. */
export interface StepResult {
  readonly name: string;
  readonly command: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** The recorded lines of its output, and the last lines if it failed. */
  readonly figures: readonly string[];
}

/** The most recorded lines of one step. */
const MAX_FIGURES = 60;
/** The number of last lines that are recorded if a step failed. */
const TAIL_LINES = 20;

/**
 * Runs a step's command to its end and passes its output on. The signal ends the command early, and
 * the step then counts as failed.
 */
export async function runStep(
  { name, command, figures }: Step,
  options: { readonly folder: string; readonly signal: AbortSignal; print(text: string): void },
): Promise<StepResult> {
  const startedAt = performance.now();
  const [program = "", ...args] = command;
  // A group of its own: npm does not pass a signal on to what its script has started.
  const child = spawn(program, args, {
    cwd: options.folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const stop = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGTERM");
    } catch {
      // The whole group has ended.
    }
  };
  options.signal.addEventListener("abort", stop, { once: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      output += piece;
      options.print(piece);
    });
  }
  const ok = await new Promise<boolean>((resolve) => {
    child.once("error", (error) => {
      output += `${error.message}\n`;
      resolve(false);
    });
    child.once("close", (code) => resolve(code === 0));
  });
  options.signal.removeEventListener("abort", stop);
  const lines = stripVTControlCharacters(output).split(/\r?\n/);
  const recorded = lines.filter((line) => figures.test(line)).slice(0, MAX_FIGURES);
  const tail = ok ? [] : lines.filter((line) => line.trim() !== "").slice(-TAIL_LINES);
  return {
    name,
    command: command.join(" "),
    ok,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    figures: [...recorded, ...tail].map((line) => line.trim()),
  };
}
