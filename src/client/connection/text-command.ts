import type { RawCommand } from "./redis.js";

/** The end of a command: its reply, whose texts are buffers, or an error. */
export interface CommandReply {
  readonly reply: unknown;
  readonly error: Error | undefined;
}

/** A command of texts that writes itself: a command of ioredis costs more, and a pipeline more again. */
export class TextCommand implements RawCommand {
  readonly name: string;
  readonly args: readonly unknown[] = NO_ARGS;
  readonly isTraced = true;
  readonly promise = undefined;
  sentBy: object | undefined;
  readonly #parts: readonly string[];
  readonly #ended: (reply: CommandReply) => void;

  /** @param parts its name and its arguments */
  constructor(parts: readonly string[], ended: (reply: CommandReply) => void) {
    this.name = (parts[0] ?? "").toLowerCase();
    this.#parts = parts;
    this.#ended = ended;
  }

  setReplyContext(): void {}

  /** ioredis's `commandTimeout`. The caller has a limit of its own. */
  setTimeout(): void {}

  toWritable(): string {
    let text = `*${this.#parts.length}\r\n`;
    for (const part of this.#parts) text += `$${Buffer.byteLength(part)}\r\n${part}\r\n`;
    return text;
  }

  toParts(): readonly string[] {
    return this.#parts;
  }

  resolve(reply: unknown): void {
    this.#ended({ reply, error: undefined });
  }

  reject(error: Error): void {
    this.#ended({ reply: undefined, error });
  }
}

const NO_ARGS: readonly unknown[] = [];
