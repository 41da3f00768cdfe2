import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** The result of one test file for one trial. */
export interface Outcome {
  /** The trial's key. */
  readonly key: string;
  /** The path of the test file in the repository, and its digest when it ran. */
  readonly file: string;
  readonly digest: string;
  readonly found: boolean;
  /** The test that failed, and the first line of its error; both are empty if none did. */
  readonly test: string;
  readonly error: string;
}

/** Appends an outcome to the file at once, so that an interrupted run loses nothing. */
export function appendOutcome(path: string, outcome: Outcome): void {
  appendFileSync(path, `${JSON.stringify(outcome)}\n`);
}

/**
 * The outcomes of earlier runs. They count as long as the digests of their test files are the same.
 */
export class Outcomes {
  readonly #found = new Map<string, Outcome>();
  readonly #survived = new Set<string>();

  constructor(outcomes: readonly Outcome[], digests: ReadonlyMap<string, string>) {
    for (const outcome of outcomes) {
      if (digests.get(outcome.file) !== outcome.digest) continue;
      if (outcome.found) this.#found.set(outcome.key, outcome);
      else this.#survived.add(`${outcome.key} ${outcome.file}`);
    }
  }

  static read(path: string, digests: ReadonlyMap<string, string>): Outcomes {
    return new Outcomes(existsSync(path) ? readOutcomes(readFileSync(path, "utf8")) : [], digests);
  }

  /** The outcome of the test that found the trial's mutant, if any did. */
  foundBy(key: string): Outcome | undefined {
    return this.#found.get(key);
  }

  /** Whether the trial went through all tests of the file without a failure. */
  survived(key: string, file: string): boolean {
    return this.#survived.has(`${key} ${file}`);
  }
}

function readOutcomes(text: string): Outcome[] {
  return text.split("\n").flatMap((line) => {
    const outcome = parsed(line);
    return isOutcome(outcome) ? [outcome] : [];
  });
}

/** If a run was killed, its last line may be incomplete. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const texts = ["key", "file", "digest", "test", "error"].every(
    (name) => typeof fields.get(name) === "string",
  );
  return texts && typeof fields.get("found") === "boolean";
}
