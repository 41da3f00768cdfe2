import { readFile, writeFile } from "node:fs/promises";
import model from "../../../generated/model.json" with { type: "json" };
import type { Script } from "../../../src/client/index.js";
import { scripts as domains } from "../../../src/index.js";
import { COSTS_FILE, type Costs, codeDigest, readCosts, type ScriptCost } from "../../codegen/src/costs.js";
import { BenchServer } from "./bench-server.js";
import type { Case } from "./case.js";
import { cases } from "./cases/index.js";
import { costsFile } from "./costs.js";
import { measureLimit, measurePath } from "./measure.js";
import { measureMany } from "./measure-many.js";
import { failures, section } from "./report.js";
import { type Rival, readRivals } from "./rivals.js";

const COSTS = `lua/${COSTS_FILE}`;

/** A script that has a rival may take this many times its time. */
export const MAX_RATIO = 1.15;
/** No script may block the server longer at its limit, in microseconds. */
export const MAX_LIMIT_US = 2_000;

/** The options of this benchmark. */
export interface ScriptsOptions {
  /** The beginning of the scripts' names, such as `stock.` or `views.add`; absent: all scripts. */
  readonly match?: string;
  progress(text: string): void;
}

/** What a run gives. */
export interface ScriptsResult {
  /** The lines of its section of the page. */
  readonly section: readonly string[];
  /** What it prints. */
  readonly lines: readonly string[];
  /** What is above its bound. */
  readonly failures: readonly string[];
}

/**
 * Measures every script: on each usual path the time, the commands and the bytes, and the time at
 * its limit.
 */
export async function benchScripts({ match = "", progress }: ScriptsOptions): Promise<ScriptsResult> {
  const chosen = cases.filter(({ script }) => script.startsWith(match));
  const rivals = readRivals();
  const timed = await BenchServer.start(false);
  const logged = await BenchServer.start(true);
  try {
    // As in production, all scripts are loaded: they share one Lua heap.
    const loaded = Object.values<Readonly<Record<string, Script<never, unknown>>>>(domains).flatMap(
      (domain) => Object.values(domain),
    );
    for (const script of loaded) {
      for (const { lua, digest } of formsOf(script)) {
        await timed.load({ lua, digest, answers: true });
        await logged.load({ lua, digest, answers: true });
      }
    }
    const found: Record<string, ScriptCost> = {};
    for (const [index, measured] of chosen.entries()) {
      progress(`${index + 1} of ${chosen.length}: ${measured.script}, ${measured.path}`);
      const before = found[measured.script] ?? { digest: codeDigest(measured.lua), paths: [], atLimit: [] };
      found[measured.script] = await withCase({ timed, logged }, before, measured, rivals);
    }
    const costs: Costs = {
      measured: new Date().toISOString().slice(0, 10),
      server: await timed.version(),
      scripts: match === "" ? found : { ...(await known()), ...found },
    };
    await writeFile(COSTS, costsFile(costs));
    const missed = failures(found, MAX_RATIO, MAX_LIMIT_US);
    return { section: section(costs), failures: missed, lines: section({ ...costs, scripts: found }) };
  } finally {
    await timed.stop();
    await logged.stop();
  }
}

function formsOf(script: Script<never, unknown>): readonly Pick<Script<never, unknown>, "lua" | "digest">[] {
  return script.many === undefined ? [script] : [script, script.many];
}

type Servers = { readonly timed: BenchServer; readonly logged: BenchServer };

async function withCase(
  servers: Servers,
  before: ScriptCost,
  measured: Case,
  rivals: readonly Rival[],
): Promise<ScriptCost> {
  const keys = model.scripts.find(({ name }) => name === measured.script)?.keys.map(({ key }) => key) ?? [];
  if (measured.atLimit) {
    const cost = await measureLimit(servers.timed, measured, MAX_LIMIT_US, keys);
    return { ...before, atLimit: [...before.atLimit, cost] };
  }
  const rival = rivals.find(({ script }) => script === measured.script);
  const cost = await measurePath(servers, measured, rival, keys);
  const many = await measureMany(servers.timed, measured, MAX_LIMIT_US);
  return { ...before, paths: [...before.paths, many === undefined ? cost : { ...cost, many }] };
}

/** The figures of the scripts that this run leaves out. */
async function known(): Promise<Costs["scripts"]> {
  const text = await readFile(COSTS, "utf8").catch(() => "");
  return readCosts(text)?.scripts ?? {};
}
