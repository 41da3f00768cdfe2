import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { showProgress } from "../../examples/storefront/progress.js";
import { Tally } from "../../examples/storefront/replay/tally.js";

const screen = { columns: 120, rows: 30 };

/** What is shown on `output` while 500 of 2,000 lines are replayed. */
async function shown(terminal: { isTTY?: boolean; columns?: number; rows?: number }): Promise<string> {
  const output = Object.assign(new PassThrough(), terminal);
  const tally = new Tally();
  const progress = showProgress(output, tally, 2_000);
  await sleep(250);
  tally.lines = 500;
  tally.answered = 1_234;
  progress.stop();
  return String(output.read());
}

test("a terminal shows one line that is replaced", async () => {
  const text = await shown({ isTTY: true, ...screen });
  expect(text).toContain("0 of 2,000 lines (0 %)");
  expect(text).toContain("500 of 2,000 lines (25 %)");
  expect(text).toContain("\u001b[");
});

test("a terminal without a size shows the line too", async () => {
  expect(await shown({ isTTY: true, columns: 0, rows: 0 })).toContain("500 of 2,000 lines (25 %)");
});

test("other output has plain lines, with the last one at the end", async () => {
  expect(await shown({})).toMatch(
    /^500 of 2,000 lines \(25 %\) · [\d,]+ events\/s · 0 repeats · 0 refused\n$/,
  );
});
