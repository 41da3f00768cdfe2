import type { TenantScripts } from "../scripts.js";

/** A tag's token and the tenant's clock at its last invalidation; undefined without a token. */
export interface TagState {
  readonly token: string;
  /** Undefined while it is not known. */
  readonly clock: number | undefined;
}

/** The states of tags by name; undefined for a tag without a token. */
export type TagStates = ReadonlyMap<string, TagState | undefined>;

/**
 * Reads the tokens of tags. Callers of one event of the event loop share a reading: none of them can
 * know of an invalidation that another process made after that event began.
 */
export class TagReads {
  readonly #scripts: Pick<TenantScripts, "readTag">;
  readonly #sharing = new Map<string, Promise<TagState | undefined>>();

  constructor(scripts: Pick<TenantScripts, "readTag">) {
    this.#scripts = scripts;
  }

  /** The present state of a tag, read after this call. */
  read(tag: string, deadlineMs: number): Promise<TagState | undefined> {
    const shared = this.#sharing.get(tag);
    if (shared) return shared;
    if (this.#sharing.size === 0) process.nextTick(() => this.#sharing.clear());
    const reading = this.#read(tag, deadlineMs);
    this.#sharing.set(tag, reading);
    return reading;
  }

  /** The present states of several tags. */
  async readAll(tags: Iterable<string>, deadlineMs: number): Promise<Map<string, TagState | undefined>> {
    const states = new Map<string, TagState | undefined>();
    const readings = [...tags].map(async (tag) => {
      states.set(tag, undefined);
      states.set(tag, await this.read(tag, deadlineMs));
    });
    await Promise.all(readings);
    return states;
  }

  /** States that were read from Redis are new enough. */
  async recheck(states: Map<string, TagState | undefined>): Promise<Map<string, TagState | undefined>> {
    return states;
  }

  async #read(tag: string, deadlineMs: number): Promise<TagState | undefined> {
    const reply = await this.#scripts.readTag({ tag }, { deadlineMs });
    return reply.outcome === "known" ? { token: reply.token, clock: reply.clock } : undefined;
  }
}
