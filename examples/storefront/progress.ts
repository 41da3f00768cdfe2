import { createLogUpdate } from "log-update";
import type { Tally } from "./replay/tally.js";

/** The stream that shows the progress. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** The interval of changes of the line on a terminal, and of plain lines elsewhere. */
const LIVE_MS = 100;
const PLAIN_MS = 3_000;

/**
 * Shows the progress of the replay until `stop()`: one live line on a terminal, otherwise a plain
 * line every few seconds.
 */
export function showProgress(output: Output, tally: Tally, lines: number): { stop(): void } {
  const started = performance.now();
  const text = () => describe(tally, lines, performance.now() - started);
  if (output.isTTY === true) {
    // A terminal without a known size (for example under `script`) reports 0, and nothing would be
    // shown.
    output.columns ||= 80;
    output.rows ||= 24;
    const update = createLogUpdate(output);
    const timer = setInterval(() => update(text()), LIVE_MS);
    return {
      stop: () => {
        clearInterval(timer);
        update(text());
        update.done();
      },
    };
  }
  const timer = setInterval(() => output.write(`${text()}\n`), PLAIN_MS);
  return {
    stop: () => {
      clearInterval(timer);
      output.write(`${text()}\n`);
    },
  };
}

function describe(tally: Tally, lines: number, elapsedMs: number): string {
  const share = lines === 0 ? 100 : Math.floor((tally.lines / lines) * 100);
  const rate = elapsedMs === 0 ? 0 : Math.round((tally.answered / elapsedMs) * 1_000);
  // The line fits into 80 columns for up to a million lines.
  return [
    `${number(tally.lines)} of ${number(lines)} lines (${share} %)`,
    `${number(rate)} events/s`,
    `${number(tally.repeated)} repeats`,
    `${number(tally.refused)} refused`,
  ].join(" · ");
}

/** Formats a number for people: `42,481`. */
export function number(value: number): string {
  return value.toLocaleString("en-GB");
}
