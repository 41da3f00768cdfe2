import { randomBytes } from "node:crypto";
import { type CacheMaker, type TenantCache, textCodec } from "../../cache/index.js";
import { UnavailableError } from "../../core/errors.js";
import { SHARED_TENANT } from "../../core/shared-tenant.js";
import { tuningDefaults as defaults } from "../defaults.js";
import { type Published, publishedFrom, publishedText } from "./published.js";

/** An entry of figures lives for so many periods, so those of a dead process soon leave. */
const LIVES_FOR_PERIODS = 3;

/**
 * The places in Redis where processes publish: a fixed number of cache entries, which end by themselves. A
 * process writes its own place only. So nothing is added up in Redis, and no update can be lost.
 */
export class ProcessSlots {
  readonly process = randomBytes(6).toString("hex");
  readonly #entries: TenantCache<{ readonly slot: string | number }, string>;
  readonly #random: () => number;
  #slot: number;

  constructor(
    caches: CacheMaker,
    publishMs: number,
    onError: ((error: Error) => void) | undefined,
    random: () => number = Math.random,
  ) {
    this.#random = random;
    this.#slot = this.#randomSlot();
    const cache = caches.cache<"moonpath-figures:<slot>", string>({
      pattern: "moonpath-figures:<slot>",
      freshMs: LIVES_FOR_PERIODS * publishMs,
      jitter: 0,
      earlyRefresh: 0,
      codec: textCodec(),
      compression: "zlib",
      maxBytes: MAX_BYTES,
      onError,
    });
    this.#entries = cache.tenant(SHARED_TENANT);
  }

  /**
   * Publishes in the place of this process. If another process has it, this one takes another place.
   *
   * @throws UnavailableError if no place is free, or the error of Redis
   */
  async publish(published: Published): Promise<void> {
    const text = publishedText(published);
    for (let tries = 0; tries < defaults.slotTries.value; tries++) {
      const present = await this.#entries.get({ slot: this.#slot });
      const owner = present === undefined ? this.process : publishedFrom(present)?.process;
      if (owner === this.process) {
        await this.#entries.set({ slot: this.#slot }, text);
        return;
      }
      this.#slot = this.#randomSlot();
    }
    throw new UnavailableError("no place is free for the figures of this process");
  }

  /** What all processes have published. */
  async read(): Promise<readonly Published[]> {
    const slots = Array.from({ length: defaults.maxProcesses.value }, (_, slot) => slot);
    const texts = await Promise.all(slots.map((slot) => this.#entries.get({ slot })));
    return texts.flatMap((text) => (text === undefined ? [] : (publishedFrom(text) ?? [])));
  }

  /** Removes what this process has published. */
  async clear(): Promise<void> {
    await this.#entries.invalidate({ slot: this.#slot });
  }

  #randomSlot(): number {
    return Math.floor(this.#random() * defaults.maxProcesses.value);
  }
}

const MAX_BYTES = 4_194_304;
