/** The result of one test of the suite. */
export interface TestResult {
  readonly id: string;
  readonly kind: "required" | "optimal" | "check";
  /** It passes, and so do the tests that it depends on. */
  readonly judged: boolean;
  readonly raw: boolean;
  readonly why: string | null;
}

/** The counts of one run, and what has failed. */
export interface RunResult {
  readonly profile: string;
  readonly l1: "on" | "off";
  readonly processes: number;
  readonly required: number;
  readonly optimal: number;
  readonly check: number;
  readonly raw: { readonly required: number; readonly optimal: number; readonly check: number };
  readonly of: { readonly required: number; readonly optimal: number; readonly check: number };
  /** Required and optimal tests that do not pass, judged. */
  readonly failed: readonly { readonly id: string; readonly kind: string; readonly why: string | null }[];
  /** Checks whose answer is no. */
  readonly no: readonly string[];
}

const KINDS = ["required", "optimal", "check"] as const;

export function runResultOf(
  run: Pick<RunResult, "profile" | "l1" | "processes">,
  tests: readonly TestResult[],
): RunResult {
  const count = (passes: (test: TestResult) => boolean) => {
    const [required = 0, optimal = 0, check = 0] = KINDS.map(
      (kind) => tests.filter((test) => test.kind === kind && passes(test)).length,
    );
    return { required, optimal, check };
  };
  return {
    ...run,
    ...count(({ judged }) => judged),
    raw: count(({ raw }) => raw),
    of: count(() => true),
    failed: tests
      .filter(({ kind, judged }) => kind !== "check" && !judged)
      .map(({ id, kind, why }) => ({ id, kind, why })),
    no: tests.filter(({ kind, judged }) => kind === "check" && !judged).map(({ id }) => id),
  };
}

/** One line for a run. */
export function lineOf({ profile, l1, processes, required, optimal, check, raw, of }: RunResult): string {
  const where = `${profile}, L1 ${l1}, ${processes} ${processes === 1 ? "process" : "processes"}`;
  const counts = [
    `required ${required} of ${of.required} (raw ${raw.required})`,
    `optimal ${optimal} of ${of.optimal} (raw ${raw.optimal})`,
    `check ${check} of ${of.check} yes`,
  ];
  return `${where}: ${counts.join(", ")}`;
}
