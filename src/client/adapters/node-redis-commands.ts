import type { RedisPipeline } from "../connection/redis.js";
import { PLAIN, TEXTS_AS_BUFFERS, withNamedErrors } from "./replies.js";

/** What sends the commands of a list. */
interface Sender {
  send(
    args: readonly (string | Buffer)[],
    typeMapping: Readonly<Record<number, typeof Buffer>>,
    chainId?: symbol,
  ): Promise<unknown>;
}

type Results = [error: Error | null, result: unknown][];

/**
 * Commands that are sent together on node-redis, as one transaction or one by one. It does not use
 * `multi()` of node-redis, whose commands have no signal and so could be sent after a reconnect.
 */
export class CommandList implements RedisPipeline {
  readonly #sender: Sender;
  readonly #isTransaction: boolean;
  readonly #commands: (string | Buffer)[][] = [];
  #typeMapping = PLAIN;

  constructor(sender: Sender, isTransaction: boolean) {
    this.#sender = sender;
    this.#isTransaction = isTransaction;
  }

  call(command: string, args: (string | Buffer)[]): this {
    this.#commands.push([command, ...args]);
    return this;
  }

  callBuffer(command: string, args: (string | Buffer)[]): this {
    this.#typeMapping = TEXTS_AS_BUFFERS;
    return this.call(command, args);
  }

  exec(): Promise<Results | null> {
    return this.#isTransaction ? this.#runTransaction() : this.#runEach();
  }

  async #runEach(): Promise<Results> {
    const sent = this.#commands.map((args) => this.#sender.send(args, this.#typeMapping));
    return (await Promise.allSettled(sent)).map((result) =>
      result.status === "fulfilled" ? [null, result.value] : [asError(result.reason), undefined],
    );
  }

  /** All commands enter the queue at once, so no other command comes between them. */
  async #runTransaction(): Promise<Results | null> {
    const chainId = Symbol("transaction");
    const queued = [["MULTI"], ...this.#commands].map((args) => this.#sender.send(args, PLAIN, chainId));
    const executed = this.#sender.send(["EXEC"], this.#typeMapping, chainId);
    const settled = await Promise.allSettled([...queued, executed]);
    const last = settled.at(-1);
    if (last?.status === "fulfilled") return resultsOf(last.value);
    const error = asError(last?.reason);
    // EXECABORT names no reason. The error of the command that was not queued has it, as with ioredis.
    const previousErrors = settled
      .slice(0, -1)
      .flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    throw Object.assign(error, { previousErrors });
  }
}

function resultsOf(replies: unknown): Results | null {
  if (!Array.isArray(replies)) return null;
  const named: unknown[] = replies;
  withNamedErrors(named);
  return named.map((reply) => (reply instanceof Error ? [reply, undefined] : [null, withNamedErrors(reply)]));
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("the command failed");
}
