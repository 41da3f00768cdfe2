import { mkdtemp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { domains, startRecording, sumOf } from "../../support/history/load.js";
import { type Planted, plantedFaults } from "../../support/history/planted.js";
import type { Checked } from "../../support/history/recorded-objects.js";
import { clientsKilled, historyFaults, type Scenario } from "../../support/history/scenarios.js";
import { formatNumber } from "../../support/run-concurrently.js";

const CLIENTS = 64;
/** The control ends earlier if its fault was found. */
const MAX_CONTROLS = 5;

/**
 * The calls of 64 clients and their replies, recorded while their servers fail, are compared with a
 * sequential model: there must be an order of the calls that explains all replies.
 */
export const histories: Fault = {
  id: 30,
  name: "Histories of 64 clients under faults 6, 7, 8, 9, 12 and 17",
  async run(run) {
    const durationMs = run.size({ full: 40_000, quick: 1_500 });
    const folder = await mkdtemp(join(tmpdir(), "moonpath-histories-"));
    const checks: Checked[] = [];
    const sizes: string[] = [];
    for (const { id, start } of historyFaults) {
      run.progress(`calls under fault ${id}`);
      const checked = await recorded(
        run,
        await start(run, CLIENTS),
        join(folder, `fault-${id}-`),
        durationMs,
      );
      checks.push(checked);
      sizes.push(`${formatNumber(checked.calls)} under fault ${id}`);
    }
    const controls: string[] = [];
    let found = 0;
    const planted = plantedFaults();
    for (const fault of planted) {
      run.progress(`control: ${fault.name}`);
      const shortest = await shortestOf(run, fault, run.size({ full: 3_000, quick: 500 }));
      if (shortest !== undefined) found++;
      controls.push(`${fault.name}: ${shortest === undefined ? "not found" : `refused, ${shortest} calls`}`);
    }
    const all = sumOf(checks);
    const [offence] = all.offences;
    const bad = all.refused + all.undecided;
    if (bad === 0) await rmdir(folder);
    return {
      size: `${formatNumber(all.calls)} calls on ${formatNumber(all.objects)} locks, requests, products, coupons, rate limits and permits (${sizes.join(", ")}). ${formatNumber(all.unanswered)} of them have no reply`,
      figure: `${all.refused} histories that no order explains, ${all.undecided} undecided`,
      control: controls.join(". "),
      ok: bad === 0 && all.objects > 0 && found === planted.length,
      ...(bad > 0 ? { note: `The histories are in ${folder}. ${offence?.text ?? ""}` } : {}),
    };
  },
};

/** Records calls while the servers fail, and checks them. */
async function recorded(
  run: FaultRun,
  scenario: Scenario,
  files: string,
  durationMs: number,
): Promise<Checked> {
  const recording = startRecording(run, scenario.clients, { files, domains });
  const until = performance.now() + durationMs;
  await scenario.suffer(() => performance.now() > until || run.signal.aborted, recording);
  return sumOf(await recording.stop());
}

/** The number of calls in the shortest history that the planted fault explains. */
async function shortestOf(
  run: FaultRun,
  { domain, scripts }: Planted,
  durationMs: number,
): Promise<number | undefined> {
  for (let round = 0; round < MAX_CONTROLS && !run.signal.aborted; round++) {
    const scenario = await clientsKilled(run, CLIENTS, scripts);
    const recording = startRecording(run, scenario.clients, { domains: [domain] });
    const until = performance.now() + durationMs;
    await scenario.suffer(() => performance.now() > until, recording);
    const { offences } = sumOf(await recording.stop());
    const [first] = offences.toSorted((one, other) => one.calls - other.calls);
    if (first) {
      run.progress(first.text);
      return first.calls;
    }
  }
  return undefined;
}
