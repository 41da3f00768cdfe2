import { ScriptError, ScriptNotLoadedError } from "../../core/errors.js";
import { codeOf, isServerError, NotSentError } from "../call/failure.js";
import type { RedisNode } from "../connection/redis.js";
import { defaults } from "../defaults.js";
import type { ScriptForm } from "./script.js";
import type { ScriptSet } from "./script-set.js";

/** Loads the scripts on the server of one connection, and records which scripts that server has. */
export class ScriptLoader {
  readonly #node: RedisNode;
  readonly #scripts: ScriptSet;
  readonly #isUsable: () => boolean;
  readonly #loads = new Map<string, Promise<void>>();
  /** Digests that this server has had since the connection became ready. */
  readonly #seenDigests = new Set<string>();
  #allLoaded: Promise<void> = Promise.resolve();
  /** Resolves when the load of a new connection has ended in any way; undefined after that. */
  #firstLoad: Promise<void> | undefined;
  #hasFailed = false;
  readonly #used = new Set<ScriptForm>();
  /** Digests that the server has, as far as is known since it last lost scripts. */
  readonly #present = new Set<string>();
  /** The error by which the server refused to load, and the time of that error. */
  #refusal: { readonly error: Error; readonly at: number } | undefined;

  constructor(node: RedisNode, scripts: ScriptSet, isUsable: () => boolean) {
    this.#node = node;
    this.#scripts = scripts;
    this.#isUsable = isUsable;
  }

  /** The connection is ready: loads the scripts that its server does not have. */
  onConnected(): void {
    this.#seenDigests.clear();
    this.#present.clear();
    this.#refusal = undefined;
    this.#loadMissing();
    const ended = () => {
      if (this.#firstLoad === first) this.#firstLoad = undefined;
    };
    const first = this.#allLoaded.then(ended, ended);
    this.#firstLoad = first;
  }

  /**
   * The first load of this connection; undefined if it has ended, with the scripts or without. No call
   * is sent before, so none can meet a server that has only some of them.
   */
  get firstLoad(): Promise<void> | undefined {
    return this.#firstLoad;
  }

  /**
   * Resolves when every script is loaded. After a failure it tries again, because somebody may have
   * loaded the scripts.
   *
   * @throws ScriptNotLoadedError if scripts are missing and the user may not load them; also errors
   *   of Redis
   */
  whenAllLoaded(): Promise<void> {
    if (this.#hasFailed) this.#loadMissing();
    return this.#allLoaded;
  }

  /**
   * Loads the form, unless the server is known to have it. Undefined if there is nothing to wait for.
   * Resolves when the load has ended in any way: the call itself reports the error.
   *
   * The server may have lost the other scripts too, and nobody has noticed yet. With this one alone, a
   * later call could run before an earlier one. So those that this connection has used are loaded with it.
   */
  ensure(form: ScriptForm): Promise<void> | undefined {
    if (this.#present.has(form.digest) || this.#recentRefusal !== undefined) return undefined;
    return this.#loadAll([form, ...this.#used]);
  }

  /** Notes that calls of this form have been sent on this connection. */
  used(form: ScriptForm): void {
    this.#used.add(form);
  }

  /**
   * Loads all scripts that this connection has used. Resolves when that has ended in any way. If only
   * the scripts of running calls were loaded, a later call could run before an earlier one whose script
   * is still missing.
   */
  async reloadUsed(): Promise<void> {
    this.#present.clear();
    if (this.#recentRefusal !== undefined) return;
    await this.#loadAll([...this.#used]);
  }

  /** Resolves when the loads have ended in any way. */
  async #loadAll(forms: readonly ScriptForm[]): Promise<void> {
    await Promise.allSettled(forms.map((form) => this.#loadOnce(form)));
  }

  /**
   * Loads a script after NOSCRIPT. Concurrent calls of the script share one load. `again`: the
   * server had it before.
   *
   * @throws ScriptNotLoadedError if the user may not load it
   */
  async load(script: ScriptForm): Promise<"first" | "again"> {
    const load = this.#seenDigests.has(script.digest) ? "again" : "first";
    await this.#loadOnce(script).catch((error: unknown) => {
      throw this.loadError(script, error);
    });
    return load;
  }

  /**
   * The error of a call whose script could not be loaded: ScriptNotLoadedError, or the error
   * itself.
   */
  loadError(script: ScriptForm, error: unknown): unknown {
    if (!isRefusal(error)) return error;
    this.#seenDigests.delete(script.digest);
    this.#hasFailed = true;
    return new ScriptNotLoadedError(`the script is not loaded${this.#location}, ${mayNotLoad}`, { script });
  }

  #loadMissing(): void {
    this.#hasFailed = false;
    const all = this.#findAndLoad();
    this.#allLoaded = all;
    // `whenAllLoaded` reports the error. A call loads its script itself.
    all.catch(() => {
      if (this.#allLoaded === all) this.#hasFailed = true;
    });
  }

  async #findAndLoad(): Promise<void> {
    const { withWrongDigest, forms } = this.#scripts;
    if (withWrongDigest) throw wrongDigest(withWrongDigest);
    const known = await this.#existing();
    for (const digest of known ?? []) {
      this.#seenDigests.add(digest);
      this.#present.add(digest);
    }
    const [first, ...others] = unique(forms).filter(({ digest }) => !known?.has(digest));
    if (!first) return;
    try {
      // One alone first: if the user may not load scripts, the others are not sent.
      await this.#loadOnce(first);
      await Promise.all(others.map((script) => this.#loadOnce(script)));
    } catch (error) {
      // Without a reply of SCRIPT EXISTS, the server may have all scripts.
      if (!known || !isRefusal(error)) throw error;
      const count = `${others.length + 1} of ${this.#scripts.digests.size} scripts`;
      throw new ScriptNotLoadedError(`${count} are not loaded${this.#location}, ${mayNotLoad}`);
    }
  }

  /** The digests that the server has; undefined if it refuses SCRIPT EXISTS. */
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

  /** Concurrent loads of one script share one command. */
  #loadOnce(script: ScriptForm): Promise<void> {
    const { digest } = script;
    let loading = this.#loads.get(digest);
    if (!loading) {
      loading = this.#send(script).finally(() => this.#loads.delete(digest));
      this.#loads.set(digest, loading);
    }
    return loading;
  }

  async #send(script: ScriptForm): Promise<void> {
    if (!this.#isUsable()) throw new NotSentError("the connection is not ready");
    const refusal = this.#recentRefusal;
    if (refusal !== undefined) throw refusal;
    const digest = await this.#node.call("script", ["LOAD", script.lua]).catch((error: unknown) => {
      if (!isServerError(error)) throw new NotSentError("the connection was lost while loading the script");
      if (isRefusal(error)) this.#refusal = { error, at: performance.now() };
      throw error;
    });
    if (digest !== script.digest) throw wrongDigest(script);
    this.#refusal = undefined;
    this.#seenDigests.add(script.digest);
    this.#present.add(script.digest);
  }

  /** The error by which the server has refused a load a short time ago. */
  get #recentRefusal(): Error | undefined {
    const { error, at } = this.#refusal ?? { error: undefined, at: 0 };
    return performance.now() - at < defaults.loadRetryMs.value ? error : undefined;
  }

  /** The server's address as a part of a message; empty if it is not known. */
  get #location(): string {
    const { remoteAddress, remotePort } = this.#node.stream ?? {};
    return remoteAddress === undefined ? "" : ` on ${remoteAddress}:${remotePort}`;
  }
}

const mayNotLoad =
  "and this Redis user may not load them: run `moonpath load` on that server, with --scripts for scripts of your own";

/**
 * Whether Redis refused SCRIPT LOAD because of the user's rights. The text names the command, also
 * after EXECABORT.
 */
function isRefusal(error: unknown): error is Error {
  return isServerError(error) && codeOf(error) === "NOPERM" && /'script(?:\|load)?'/i.test(error.message);
}

function wrongDigest(script: ScriptForm): ScriptError {
  return new ScriptError("its digest is not the SHA-1 of its text", { script });
}

function unique(scripts: readonly ScriptForm[]): ScriptForm[] {
  return [...new Map(scripts.map((script) => [script.digest, script])).values()];
}
