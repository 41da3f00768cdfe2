import { MAX_DURATION_MS } from "../../core/limits.js";
import { newTagToken } from "../random-ids.js";
import type { TagReads, TagState } from "../read/tag-reads.js";
import type { TimeLimit } from "../read/time-limit.js";
import type { TenantScripts } from "../scripts.js";

/** The process remembers so many tags whose life it has extended. */
const MAX_EXTENDED = 10_000;

/** How much longer a tag is to live than the entries of the load that extends it. */
const LIFE_FACTOR = 1.5;

/** Creates, extends and compares the tokens of tags for loads of one tenant. */
export class LoadTags {
  readonly #scripts: TenantScripts;
  readonly #reads: TagReads;
  /** Until when a tag lives at least, in the time of `performance.now()`. */
  readonly #livesUntil = new Map<string, number>();

  constructor(scripts: TenantScripts, reads: TagReads) {
    this.#scripts = scripts;
    this.#reads = reads;
  }

  /** The tokens before a load. Missing ones are created. The load starts after the result. */
  async open(
    states: ReadonlyMap<string, TagState | undefined>,
    keepMs: number,
    deadlineMs: number,
  ): Promise<Map<string, string>> {
    const tokens = new Map<string, string>();
    const absent: string[] = [];
    for (const [tag, state] of states) {
      tokens.set(tag, state?.token ?? "");
      if (!state) absent.push(tag);
    }
    const opened = absent.map(async (tag) => {
      tokens.set(tag, (await this.#open(tag, keepMs, deadlineMs)).presentToken);
    });
    await Promise.all(opened);
    return tokens;
  }

  /** A reading of the tenant's clock, for a load that may add tags. */
  async clock(deadlineMs: number): Promise<number> {
    return (await this.#scripts.openClock({}, { deadlineMs })).reading;
  }

  /**
   * The tokens of tags that the loader has added; undefined if one may have been invalidated since the
   * clock was read, so the value must not be stored.
   */
  async added(
    tags: Iterable<string>,
    clock: number,
    keepMs: number,
    limit: TimeLimit,
  ): Promise<Map<string, string> | undefined> {
    const tokens = new Map<string, string>();
    let areGood = true;
    const opened = [...tags].map(async (tag) => {
      const { presentToken, clock: noted } = await this.#open(tag, keepMs, limit.remainingMs);
      tokens.set(tag, presentToken);
      // If the clock has not risen since, no tag of the tenant was invalidated.
      const invalidated = noted ?? (await this.#noteClock(tag, presentToken, limit.remainingMs));
      if (invalidated > clock) areGood = false;
    });
    await Promise.all(opened);
    return areGood ? tokens : undefined;
  }

  /** Whether the tags still have these tokens, read after this call. */
  async areUnchanged(tokens: ReadonlyMap<string, string>, deadlineMs: number): Promise<boolean> {
    const states = await this.#reads.readAll(tokens.keys(), deadlineMs);
    return [...tokens].every(([tag, token]) => states.get(tag)?.token === token);
  }

  /** Makes the tokens live longer than an entry under them. It may fail: then the entry is a miss earlier. */
  async extend(tags: Iterable<string>, keepMs: number, deadlineMs: number): Promise<void> {
    const endsAt = performance.now() + keepMs;
    const due: string[] = [];
    for (const tag of tags) if ((this.#livesUntil.get(tag) ?? 0) < endsAt) due.push(tag);
    if (due.length > 0) await Promise.all(due.map((tag) => this.#open(tag, keepMs, deadlineMs)));
  }

  async #open(tag: string, keepMs: number, deadlineMs: number) {
    // Longer than this load needs, so that the next loads need not extend it too.
    const lifeMs = Math.min(Math.ceil(keepMs * LIFE_FACTOR), MAX_DURATION_MS);
    if (this.#livesUntil.size >= MAX_EXTENDED) this.#livesUntil.clear();
    // Other loads of this tick shall not extend it as well.
    const livesUntil = performance.now() + lifeMs;
    this.#livesUntil.set(tag, livesUntil);
    try {
      return await this.#scripts.openTag({ tag, token: newTagToken(), keepMs: lifeMs }, { deadlineMs });
    } catch (error) {
      this.#livesUntil.delete(tag);
      throw error;
    }
  }

  /** A token without a reading of the clock gets the present one. */
  async #noteClock(tag: string, token: string, deadlineMs: number): Promise<number> {
    const clock = await this.clock(deadlineMs);
    await this.#scripts.setTagClock({ tag, token, clock }, { deadlineMs });
    return clock;
  }
}
