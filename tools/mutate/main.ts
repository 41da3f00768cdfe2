import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ACCEPTED, staleIds } from "./accepted.js";
import { NAMED_GUARDS, NAMED_REPEATS } from "./named.js";
import { HELP, type Options, readOptions } from "./options.js";
import { mutationPage } from "./page.js";
import { count, domainsOf, type Judged, judge, MIN_SCORE, repetitions, scoreOf } from "./score.js";
import { Session } from "./session.js";
import { LuaSources, type ScriptMutant } from "./sources.js";
import { modelTestOf } from "./tests.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGE = "docs/mutation.md";

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const sources = await LuaSources.read(join(ROOT, "lua"));
  const mutants = chosen(sources.mutants, options);
  if (options.list) {
    for (const { id, line, kind } of mutants) print(`${kind} ${line} ${id}`);
    return 0;
  }
  const stale = staleIds(
    [...ACCEPTED, ...NAMED_GUARDS].map(({ id }) => id),
    sources.mutants,
  );
  if (stale.length > 0) {
    throw new Error(`accepted.ts and named.ts name mutants that do not exist:\n  ${stale.join("\n  ")}`);
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const ok =
    options.mode === "named"
      ? await runNamed(sources, options, stop.signal)
      : await runAll(sources, mutants, options, stop.signal);
  if (stop.signal.aborted) print("stopped; run the same command to continue");
  const complete = options.only.length === 0 && options.seeds === "fixed" && !stop.signal.aborted;
  const page = options.page ?? (complete ? join(ROOT, PAGE) : undefined);
  if (page !== undefined) {
    const [all, model, named] = (["all", "model", "named"] as const).map(
      (mode) => new Session(ROOT, mode, sources, options.seeds),
    );
    if (all && model && named)
      await writeFile(page, mutationPage(sources, { all, model, named }, new Date()));
  }
  return ok && !stop.signal.aborted ? 0 : 1;
}

function chosen(mutants: readonly ScriptMutant[], { only, accepted, mode }: Options): ScriptMutant[] {
  const skipped = new Set(accepted ? [] : ACCEPTED.map(({ id }) => id));
  const named = new Set(NAMED_GUARDS.map(({ id }) => id));
  const found = mutants.filter((mutant) => {
    if (mode === "named" ? !named.has(mutant.id) : skipped.has(mutant.id)) return false;
    const file = mutant.file.replace(/\.lua$/, "");
    const names = [mutant.file, file, file.replace("/", "."), file.split("/")[0]];
    return only.length === 0 || only.some((name) => names.includes(name));
  });
  if (found.length === 0) throw new Error(`there is no mutant of ${only.join(", ")}`);
  return found;
}

async function runAll(
  sources: LuaSources,
  mutants: readonly ScriptMutant[],
  options: Options,
  signal: AbortSignal,
): Promise<boolean> {
  const session = new Session(ROOT, options.mode, sources, options.seeds);
  const state = () => judge(mutants, session.outcomes(), (domain) => session.filesOf(domain));
  const earlier = state().length - count(state(), "pending");
  print(`${mutants.length} mutants, ${earlier} of them from earlier runs`);
  await session.run(mutants, { workers: options.workers, repeats: 1, signal }, (domain) => {
    const own = state().filter(({ mutant }) => domainsOf(mutant).includes(domain));
    const left = count(own, "survivor") + count(own, "pending");
    print(`${domain}: ${count(own, "found")} of ${own.length} found, ${left} not found`);
  });
  const judged = state();
  printSurvivors(sources, judged);
  for (const { mutant } of judged.filter((one) => one.state === "found" && isAccepted(one.mutant))) {
    print(`accepted.ts lists a mutant that a test finds: ${mutant.id}`);
  }
  const score = scoreOf(judged);
  print(`${count(judged, "found")} found, score ${(100 * score).toFixed(1)} %`);
  // A model test covers only a part, so its score does not decide.
  return options.mode === "model" || (score >= MIN_SCORE && count(judged, "pending") === 0);
}

async function runNamed(sources: LuaSources, options: Options, signal: AbortSignal): Promise<boolean> {
  const session = new Session(ROOT, "named", sources, options.seeds);
  const guards = chosen(sources.mutants, options).map((mutant) => ({
    mutant,
    guard: NAMED_GUARDS.find(({ id }) => id === mutant.id),
  }));
  // A guard of lua/lib counts in the one domain that the list names.
  const mutants = guards.map(({ mutant, guard }) => ({
    ...mutant,
    scripts: mutant.scripts.filter((name) => name.startsWith(`${guard?.domain}.`)),
  }));
  await session.run(mutants, { workers: options.workers, repeats: NAMED_REPEATS, signal }, (domain) =>
    print(`${domain}: done`),
  );
  const outcomes = session.outcomes();
  let ok = true;
  for (const { mutant, guard } of guards) {
    const file = modelTestOf(guard?.domain ?? "");
    const { found } = repetitions(mutant, NAMED_REPEATS, outcomes, file);
    ok &&= found === NAMED_REPEATS;
    print(`${found} of ${NAMED_REPEATS}  ${mutant.id}`);
  }
  return ok;
}

function isAccepted({ id }: ScriptMutant): boolean {
  return ACCEPTED.some((accepted) => accepted.id === id);
}

function printSurvivors(sources: LuaSources, judged: readonly Judged[]): void {
  for (const { mutant, state } of judged) {
    if (state !== "survivor" && state !== "pending") continue;
    const { before, after } = sources.diff(mutant);
    print(`${state}  lua/${mutant.file}:${mutant.line}\n- ${before.trim()}\n+ ${after.trim()}`);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
