import { stop } from "../message/discard.js";

/** How the reading of a body has ended. */
export type BodyEnd =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | { readonly kind: "too_large" }
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Reads a body at the speed of its source, keeps it, and hands it to one reader at the reader's speed. Of a
 * body above `maxBytes`, it keeps only what the reader has not taken yet.
 *
 * The reader gets the last part after `settle` has ended, so whoever has the whole body can rely on it.
 */
export class KeptBody {
  readonly #body: AsyncIterable<Uint8Array>;
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #maxBytes: number;
  readonly #settle: (end: BodyEnd) => Promise<void>;
  #parts: Uint8Array[] = [];
  #size = 0;
  #end: BodyEnd | undefined;
  #isSettled = false;
  #wake: (() => void) | undefined;
  #isReaderGone = false;
  #isAbandoned = false;

  /** @param settle is called once. It must not reject. */
  constructor(source: AsyncIterable<Uint8Array>, maxBytes: number, settle: (end: BodyEnd) => Promise<void>) {
    this.#body = source;
    this.#source = source[Symbol.asyncIterator]();
    this.#maxBytes = maxBytes;
    this.#settle = settle;
  }

  /** Reads the source to its end, or to the limit. Never rejects. */
  async keep(): Promise<void> {
    const end = await this.#read();
    if (!this.#isAbandoned) await this.#settle(end);
    this.#end = end;
    this.#isSettled = true;
    if (this.#isReaderGone) this.#stopSource();
    this.#wake?.();
  }

  /** The body is not kept any more: each part reaches the reader at once. `settle` is not called. */
  abandon(): void {
    if (this.#isSettled) return;
    this.#isAbandoned = true;
    if (this.#isReaderGone) stop(this.#body, this.#source);
    this.#wake?.();
  }

  async #read(): Promise<BodyEnd> {
    try {
      for (;;) {
        const { done, value } = await this.#source.next();
        if (done) return { kind: "whole", bytes: this.#whole() };
        // An empty part must not be the last one, which waits.
        if (value.length === 0) continue;
        this.#parts.push(value);
        this.#size += value.length;
        if (this.#isAbandoned || this.#size > this.#maxBytes) return { kind: "too_large" };
        this.#wake?.();
      }
    } catch (error) {
      return { kind: "failed", error };
    }
  }

  /** The bytes for the client. It can be read once. Whoever does not want them calls `return`. */
  read(): AsyncIterableIterator<Uint8Array> {
    const parts = this.#parted();
    return {
      next: () => parts.next(),
      return: () => {
        // A generator that was not started runs no `finally`.
        this.#leave();
        return parts.return(undefined);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  async *#parted(): AsyncGenerator<Uint8Array, undefined> {
    try {
      for (let next = 0; ; ) {
        const hasNext = next < this.#parts.length - (this.#isSettled || this.#isAbandoned ? 0 : 1);
        const part = this.#parts[next];
        if (hasNext && part) {
          next++;
          yield part;
        } else if (this.#isSettled) break;
        else await this.#more();
        // A large body must not stay in memory after it was sent.
        if (this.#end?.kind === "too_large" && next > 0) {
          this.#parts.splice(0, next);
          next = 0;
        }
      }
      if (this.#end?.kind === "failed") throw this.#end.error;
      while (this.#end?.kind === "too_large") {
        const { done, value } = await this.#source.next();
        if (done) break;
        yield value;
      }
      return undefined;
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    this.#isReaderGone = true;
    this.#stopSource();
  }

  /** Of a body that is not kept, nobody wants the rest. */
  #stopSource(): void {
    if (this.#end?.kind === "too_large" || this.#isAbandoned) stop(this.#body, this.#source);
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #whole(): Uint8Array {
    const [only] = this.#parts;
    return this.#parts.length === 1 && only ? only : Buffer.concat(this.#parts);
  }
}
