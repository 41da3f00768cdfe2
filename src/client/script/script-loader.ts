import { ScriptError, ScriptNotLoadedError } from "../../core/errors.js";
import { codeOf, isServerError, NotSentError } from "../call/failure.js";
import type { RedisNode } from "../connection/redis.js";
import { defaults } from "../defaults.js";
import type { AnyScript, ScriptSet } from "./script-set.js";

/** Loads scripts on the server of one connection, and knows which ones are there. */
export class ScriptLoader {
  readonly #node: RedisNode;
  readonly #scripts: ScriptSet;
  readonly #isUsable: () => boolean;
  readonly #loads = new Map<string, Promise<void>>();
  /** Digests that this server had at some time since the connection became ready. */
  readonly #seenDigests = new Set<string>();
  #allLoaded: Promise<void> = Promise.resolve();
  #hasFailed = false;
  /** The answer by which the server refused to load, and when it came. */
  #refusal: { readonly error: Error; readonly at: number } | undefined;

  constructor(node: RedisNode, library: ScriptSet, usable: () => boolean) {
    this.#node = node;
    this.#scripts = library;
    this.#isUsable = usable;
  }

  /** The connection is ready: asks which scripts its server has, and loads the others. */
  onConnected(): void {
    this.#seenDigests.clear();
    this.#refusal = undefined;
    this.#loadMissing();
  }

  /**
   * Resolves when every script is loaded. What failed before is tried again: somebody may have loaded the scripts since.
   *
   * @throws ScriptNotLoadedError when scripts are missing and the user may not load them; also what Redis answers
   */
  whenAllLoaded(): Promise<void> {
    if (this.#hasFailed) this.#loadMissing();
    return this.#allLoaded;
  }

  /**
   * Loads a script that the server answered NOSCRIPT for; everybody who misses it meanwhile shares one load. `again`: the
   * server had it before.
   *
   * @throws ScriptNotLoadedError when the user may not load it
   */
  async load(script: AnyScript): Promise<"first" | "again"> {
    const before = this.#seenDigests.has(script.digest) ? "again" : "first";
    await this.#loadOnce(script).catch((error: unknown) => {
      throw this.loadError(script, error);
    });
    return before;
  }

  /** What it means for a call of the script when Redis refused to load it; any other error as it is. */
  loadError(script: AnyScript, error: unknown): unknown {
    if (!isRefusal(error)) return error;
    this.#seenDigests.delete(script.digest);
    this.#hasFailed = true;
    return new ScriptNotLoadedError(`the script is not loaded${this.#location}, ${mayNotLoad}`, { script });
  }

  #loadMissing(): void {
    this.#hasFailed = false;
    const all = this.#findAndLoad();
    this.#allLoaded = all;
    // Whoever waits for `whenAllLoaded` hears of it; a call recovers by itself.
    all.catch(() => {
      if (this.#allLoaded === all) this.#hasFailed = true;
    });
  }

  async #findAndLoad(): Promise<void> {
    const { withWrongDigest: misnamed, scripts } = this.#scripts;
    if (misnamed) throw wrongDigest(misnamed);
    const known = await this.#existing();
    if (known) for (const digest of known) this.#seenDigests.add(digest);
    const [first, ...others] = unique(scripts).filter(({ digest }) => !known?.has(digest));
    if (!first) return;
    try {
      // One by itself: where the user may not load, the others are not sent.
      await this.#loadOnce(first);
      await Promise.all(others.map((script) => this.#loadOnce(script)));
    } catch (error) {
      // Without the answer of SCRIPT EXISTS the scripts may all be there.
      if (!known || !isRefusal(error)) throw error;
      const count = `${others.length + 1} of ${this.#scripts.digests.size} scripts`;
      throw new ScriptNotLoadedError(`${count} are not loaded${this.#location}, ${mayNotLoad}`);
    }
  }

  /** The digests that the server has; undefined where it does not say. */
  async #existing(): Promise<ReadonlySet<string> | undefined> {
    const digests = [...this.#scripts.digests];
    if (digests.length === 0) return new Set();
    if (!this.#isUsable()) throw new NotSentError("the connection is not ready");
    const flags = await this.#node.call("script", ["EXISTS", ...digests]).catch((error: unknown) => {
      if (isServerError(error)) return undefined;
      throw new NotSentError("the connection was lost while asking for the scripts");
    });
    if (!Array.isArray(flags) || flags.length !== digests.length) return undefined;
    return new Set(digests.filter((_, index) => flags[index] === 1 || flags[index] === "1"));
  }

  /** One load for all who want the same script at the same time. */
  #loadOnce(script: AnyScript): Promise<void> {
    const { digest } = script;
    let loading = this.#loads.get(digest);
    if (!loading) {
      loading = this.#send(script).finally(() => this.#loads.delete(digest));
      this.#loads.set(digest, loading);
    }
    return loading;
  }

  async #send(script: AnyScript): Promise<void> {
    if (!this.#isUsable()) throw new NotSentError("the connection is not ready");
    const refusal = this.#refusal;
    if (refusal && performance.now() - refusal.at < defaults.loadRetryMs.value) throw refusal.error;
    const digest = await this.#node.call("script", ["LOAD", script.lua]).catch((error: unknown) => {
      if (!isServerError(error)) throw new NotSentError("the connection was lost while loading the script");
      if (isRefusal(error)) this.#refusal = { error, at: performance.now() };
      throw error;
    });
    if (digest !== script.digest) throw wrongDigest(script);
    this.#refusal = undefined;
    this.#seenDigests.add(script.digest);
  }

  /** The server as a part of a message; empty where the connection does not tell. */
  get #location(): string {
    const { remoteAddress, remotePort } = this.#node.stream ?? {};
    return remoteAddress === undefined ? "" : ` on ${remoteAddress}:${remotePort}`;
  }
}

const mayNotLoad = "and this Redis user may not load them: run `moonpath load` on that server";

/** Whether Redis refused SCRIPT LOAD because of the user's rights. It names the command, also behind EXECABORT. */
function isRefusal(error: unknown): error is Error {
  return isServerError(error) && codeOf(error) === "NOPERM" && /'script(?:\|load)?'/i.test(error.message);
}

function wrongDigest(script: AnyScript): ScriptError {
  return new ScriptError("its digest is not the SHA-1 of its text", { script });
}

function unique(scripts: readonly AnyScript[]): AnyScript[] {
  return [...new Map(scripts.map((script) => [script.digest, script])).values()];
}
