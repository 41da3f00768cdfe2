import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "./options.js";
import { runDomain } from "./run/domain.js";
import { Outcomes } from "./run/results.js";
import { domainsOf } from "./score.js";
import type { LuaSources, ScriptMutant } from "./sources.js";
import { modelTestOf, type TestFile, testsOf } from "./tests.js";

/**
 * The outcomes that a session reads and adds: those of all tests, of the model tests alone, or of
 * the named guards.
 */
export type Mode = Options["mode"];

/** One kind of run, with its tests and its known outcomes. */
export class Session {
  readonly #results: string;
  readonly #files = new Map<string, readonly TestFile[]>();

  constructor(
    private readonly root: string,
    mode: Mode,
    private readonly sources: LuaSources,
    private readonly seeds: string,
  ) {
    const folder = join(root, "tools/mutate/results");
    mkdirSync(folder, { recursive: true });
    // Outcomes with other seeds are in another file.
    this.#results = join(folder, `${mode}${seeds === "fixed" ? "" : `-${seeds}`}.jsonl`);
    for (const domain of sources.domains) {
      const files = testsOf(root, domain);
      const alone = files.filter(({ path }) => path === modelTestOf(domain));
      this.#files.set(domain, mode === "all" ? files : alone);
    }
  }

  /** The test files of a domain in this kind of run. */
  filesOf(domain: string): readonly TestFile[] {
    return this.#files.get(domain) ?? [];
  }

  /** All outcomes of earlier runs and of this one. */
  outcomes(): Outcomes {
    const all = [...this.#files.values()].flat();
    return Outcomes.read(this.#results, new Map(all.map(({ path, digest }) => [path, digest])));
  }

  /**
   * Runs the mutants, a few domains at a time. A mutant of `lua/lib` runs in each domain until a
   * test has found it. `done` is called with each domain when it ends.
   */
  async run(
    mutants: readonly ScriptMutant[],
    { workers, repeats, signal }: { workers: number; repeats: number; signal: AbortSignal },
    done: (domain: string) => void,
  ): Promise<void> {
    const own = (domain: string) => mutants.filter((mutant) => domainsOf(mutant).includes(domain));
    // The longest domains come first, so that no process runs alone for a long time.
    const queue = this.sources.domains
      .filter((domain) => own(domain).length > 0)
      .sort((one, other) => own(other).length - own(one).length);
    const work = async (): Promise<void> => {
      for (let domain = queue.shift(); domain !== undefined; domain = queue.shift()) {
        const { root, seeds } = this;
        const environment = { MODEL_SEEDS: seeds };
        const files = this.filesOf(domain);
        const results = this.#results;
        await runDomain(
          { root, domain, mutants: own(domain), files, repeats, results, environment, signal },
          this.sources,
        );
        if (!signal.aborted) done(domain);
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
  }
}
