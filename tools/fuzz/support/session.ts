import fc from "fast-check";
import { type TargetSpec, type Trial, Violation } from "./target-spec.js";

/** The options of one run of a target. */
export interface SessionOptions {
  readonly seed: number;
  /** How long new inputs are generated; 0 tries only the corpus. */
  readonly milliseconds: number;
  /** Saved inputs, which are tried first. */
  readonly corpus: readonly SavedInput[];
  /** Receives each input before it is tried, and `undefined` if none is being tried. */
  readonly trying: (input: unknown) => void;
}

/** An input of the corpus, with the name of its file. */
export interface SavedInput {
  readonly file: string;
  readonly input: unknown;
}

/** An input that violates a property. */
export interface Finding {
  readonly message: string;
  readonly input: unknown;
  /** The file of the corpus that has it; absent for a new one. */
  readonly file?: string;
}

/** The result of one run. */
export interface Report {
  readonly tried: number;
  readonly searchedMs: number;
  readonly findings: readonly Finding[];
}

/** The number of findings after which a run ends. */
const MAX_FINDINGS = 10;
/** How long the shrinking of one finding may take. */
const SHRINK_MS = 5_000;
/** More inputs than any run can try. */
const NO_LIMIT = 1_000_000_000;

/** Replays the corpus, then tries new inputs until the time is over. */
export async function runSession<Input>(spec: TargetSpec<Input>, options: SessionOptions): Promise<Report> {
  const strays: unknown[] = [];
  const stray = (error: unknown) => {
    if (spec.isForeign?.(error) !== true) strays.push(error);
  };
  process.on("unhandledRejection", stray);
  process.on("uncaughtException", stray);
  const trial = await spec.open();
  try {
    const attempt = watched(trial, strays, options.trying);
    const known = new Set<string>();
    const replayed = await replay(spec, options.corpus, attempt, known);
    const startedAt = performance.now();
    const searched = await search(spec, options, attempt, known);
    return {
      tried: options.corpus.length + searched.tried,
      searchedMs: performance.now() - startedAt,
      findings: [...replayed, ...searched.findings],
    };
  } finally {
    await trial.close();
    process.off("unhandledRejection", stray);
    process.off("uncaughtException", stray);
  }
}

type Attempt<Input> = (input: Input) => Promise<unknown>;

/** Tries an input and returns its violation. An unhandled error counts too. */
function watched<Input>(
  trial: Trial<Input>,
  strays: unknown[],
  trying: (input: unknown) => void,
): Attempt<Input> {
  return async (input) => {
    trying(input);
    try {
      await trial.attempt(input);
      return strays.length === 0 ? undefined : new Violation("an error that nobody handled", told(strays[0]));
    } catch (error) {
      return error ?? new Violation("rejected with nothing");
    } finally {
      strays.length = 0;
      trying(undefined);
    }
  };
}

async function replay<Input>(
  spec: TargetSpec<Input>,
  corpus: readonly SavedInput[],
  attempt: Attempt<Input>,
  known: Set<string>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { file, input } of corpus) {
    if (!spec.isInput(input)) {
      findings.push({ message: "this is no input of the target; correct or remove the file", input, file });
      continue;
    }
    const wrong = await attempt(input);
    if (wrong === undefined) continue;
    known.add(kindOf(wrong));
    findings.push({ message: told(wrong), input, file });
  }
  return findings;
}

async function search<Input>(
  spec: TargetSpec<Input>,
  { seed, milliseconds }: SessionOptions,
  attempt: Attempt<Input>,
  known: Set<string>,
): Promise<{ tried: number; findings: Finding[] }> {
  const endsAt = performance.now() + milliseconds;
  const findings: Finding[] = [];
  let tried = 0;
  while (performance.now() < endsAt && findings.length < MAX_FINDINGS) {
    let found: { kind: string; until: number; input: Input; wrong: unknown } | undefined;
    const property = fc.asyncProperty(spec.inputs, async (input) => {
      // Gives fast-check's timer a chance to end the run, even if a target never waits.
      if (performance.now() >= Math.min(endsAt, found?.until ?? endsAt)) return pause();
      tried += 1;
      const wrong = await attempt(input);
      const kind = wrong === undefined ? undefined : kindOf(wrong);
      if (kind === undefined || known.has(kind) || kind !== (found?.kind ?? kind)) return;
      found = { kind, until: found?.until ?? performance.now() + SHRINK_MS, input, wrong };
      throw wrong;
    });
    await fc.check(property, {
      seed: seed + findings.length,
      numRuns: NO_LIMIT,
      interruptAfterTimeLimit: Math.max(1, endsAt - performance.now()),
    });
    if (found === undefined) break;
    known.add(found.kind);
    findings.push({ message: told(found.wrong), input: found.input });
  }
  return { tried, findings };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A run reports one finding of each kind: the same property, or an error from the same line. */
function kindOf(wrong: unknown): string {
  if (wrong instanceof Violation) return wrong.rule;
  if (!(wrong instanceof Error)) return "no Error";
  const frame = wrong.stack?.split("\n").find((line) => /^\s+at /.test(line));
  return `${wrong.name} ${frame ?? wrong.message}`;
}

function told(wrong: unknown): string {
  if (wrong instanceof Violation) return wrong.message;
  const text = wrong instanceof Error ? (wrong.stack ?? wrong.message) : String(wrong);
  return text.split("\n").slice(0, 4).join("\n");
}
